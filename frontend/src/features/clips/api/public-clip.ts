import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { PublicClip } from "@/lib/models";

export function publicClipQuery(id: string) {
  return queryOptions({
    queryKey: ["public-clip", id],
    queryFn: () => unwrap<PublicClip>(api.GET("/api/v1/public/clips/{id}", { params: { path: { id } } })),
  });
}
