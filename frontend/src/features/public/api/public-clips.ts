import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { PublicClip, PublishedClips } from "@/lib/models";

export function publicClipQuery(id: string) {
  return queryOptions({
    queryKey: ["public-clip", id],
    queryFn: () => unwrap<PublicClip>(api.GET("/api/v1/public/clips/{id}", { params: { path: { id } } })),
  });
}

export const latestVerdictsQuery = infiniteQueryOptions({
  queryKey: ["public-clips"],
  initialPageParam: null as string | null,
  getNextPageParam: (page: PublishedClips) => page.next_cursor,
  queryFn: ({ pageParam }) =>
    unwrap<PublishedClips>(api.GET("/api/v1/public/clips", { params: { query: { limit: 6, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
});
