import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

export const labelsSummaryQuery = queryOptions({
  queryKey: ["labels-summary"],
  queryFn: () => unwrap(api.GET("/api/v1/labels/summary")),
});
