import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { Consensus } from "@/lib/models";

export function consensusQuery(id: string) {
  return queryOptions({
    queryKey: ["consensus", id],
    queryFn: () => unwrap<Consensus>(api.GET("/api/v1/clips/{id}/consensus", { params: { path: { id } } })),
  });
}
