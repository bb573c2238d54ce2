import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { DisputeCase, DisputePage, DisputeState, ShownReason } from "@/lib/models";

export interface QueueFilter {
  state: DisputeState;
  reason: ShownReason | null;
}

const PAGE_SIZE = 25;

/** Disputed clips, those first where a decision is worth most, a page at a time. */
export function queueQuery({ state, reason }: QueueFilter) {
  return infiniteQueryOptions({
    queryKey: ["disputes", state, reason],
    initialPageParam: null as string | null,
    getNextPageParam: (page: DisputePage) => page.next_cursor,
    queryFn: ({ pageParam }) =>
      unwrap<DisputePage>(
        api.GET("/api/v1/disputes", {
          params: { query: { state, limit: PAGE_SIZE, ...(reason === null ? {} : { reason }), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
  });
}

/** One case, as much of it as this moderator may see now. */
export function caseQuery(id: string) {
  return queryOptions({
    queryKey: ["dispute", id],
    queryFn: () => unwrap<DisputeCase>(api.GET("/api/v1/disputes/{id}", { params: { path: { id } } })),
  });
}
