import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

const POLL_MS = 1000;

export const detectorQuery = (id: number) =>
  queryOptions({
    queryKey: ["detectors", id],
    staleTime: 0,
    queryFn: () => unwrap(api.GET("/api/v1/detectors/{id}", { params: { path: { id } } })),
  });

/** A job, asked again every second until it has ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    staleTime: 0,
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && !["queued", "running"].includes(state.data.state) ? false : POLL_MS),
  });

export function compare(id: number) {
  return unwrap(api.POST("/api/v1/detectors/{id}/compare", { params: { path: { id } } }));
}

export function promote(id: number, overrideReason: string | null) {
  return unwrap(api.POST("/api/v1/detectors/{id}/promote", { params: { path: { id } }, body: { override_reason: overrideReason } }));
}

export function rollBack(id: number, reason: string) {
  return unwrap(api.POST("/api/v1/detectors/{id}/rollback", { params: { path: { id } }, body: { reason } }));
}
