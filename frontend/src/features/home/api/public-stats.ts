import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

export const publicStatsQuery = queryOptions({
  queryKey: ["public-stats"],
  queryFn: () => unwrap(api.GET("/api/v1/public/stats")),
  refetchInterval: 60_000,
});
