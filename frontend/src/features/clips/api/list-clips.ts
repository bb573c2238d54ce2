import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ClipPage, ClipState } from "@/lib/models";

export interface ClipFilter {
  state: ClipState | null;
  mine: boolean;
}

const PAGE_SIZE = 24;

/** Clips newest first, a page at a time. */
export function clipsQuery({ state, mine }: ClipFilter) {
  return infiniteQueryOptions({
    queryKey: ["clips", state, mine],
    initialPageParam: null as string | null,
    getNextPageParam: (page: ClipPage) => page.next_cursor,
    queryFn: ({ pageParam }) =>
      unwrap<ClipPage>(
        api.GET("/api/v1/clips", {
          params: { query: { limit: PAGE_SIZE, ...(state === null ? {} : { state }), ...(mine ? { mine } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
  });
}
