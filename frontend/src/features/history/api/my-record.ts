import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ReviewerRecord } from "@/lib/models";

export const myRecordQuery = queryOptions({
  queryKey: ["my-record"],
  queryFn: () => unwrap<ReviewerRecord>(api.GET("/api/v1/reviewers/me")),
});
