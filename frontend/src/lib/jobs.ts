import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./api-client";

const POLL_MS = 1000;

/** A job, asked again every second until it has ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    staleTime: 0,
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && !["queued", "running"].includes(state.data.state) ? false : POLL_MS),
  });

export function cancelJob(id: string) {
  return unwrap(api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } } }));
}

export function retryJob(id: string) {
  return unwrap(api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } } }));
}
