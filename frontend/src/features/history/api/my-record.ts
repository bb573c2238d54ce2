import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ReviewerRecord } from "@/lib/models";

/** As many of one's own votes as are shown at first, and the most that the server tells. */
export const FIRST_VOTES = 50;
export const MOST_VOTES = 1000;

/** One's own record with the newest `limit` votes. */
export function myRecordQuery(limit: number) {
  return queryOptions({
    queryKey: ["my-record", limit],
    placeholderData: keepPreviousData,
    queryFn: () => unwrap<ReviewerRecord>(api.GET("/api/v1/reviewers/me", { params: { query: { limit } } })),
  });
}
