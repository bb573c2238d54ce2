import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./api-client";

/** Per-frame times of a clip's preview. */
export function clipFramesQuery(id: string) {
  return queryOptions({
    queryKey: ["clip-frames", id],
    staleTime: Infinity,
    queryFn: async () => (await unwrap(api.GET("/api/v1/clips/{id}/frames", { params: { path: { id } } }))).times_s,
  });
}
