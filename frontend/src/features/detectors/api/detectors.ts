import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

export const detectorQuery = (id: number) =>
  queryOptions({
    queryKey: ["detectors", id],
    staleTime: 0,
    queryFn: () => unwrap(api.GET("/api/v1/detectors/{id}", { params: { path: { id } } })),
  });

export const driftQuery = (id: number) =>
  queryOptions({
    queryKey: ["detectors", id, "drift"],
    queryFn: () => unwrap(api.GET("/api/v1/detectors/{id}/drift", { params: { path: { id } } })),
  });

export function compare(id: number) {
  return unwrap(api.POST("/api/v1/detectors/{id}/compare", { params: { path: { id } } }));
}

export function calibrate(id: number) {
  return unwrap(api.POST("/api/v1/detectors/{id}/calibrate", { params: { path: { id } } }));
}

export function promote(id: number, overrideReason: string | null) {
  return unwrap(api.POST("/api/v1/detectors/{id}/promote", { params: { path: { id } }, body: { override_reason: overrideReason } }));
}

export function rollBack(id: number, reason: string) {
  return unwrap(api.POST("/api/v1/detectors/{id}/rollback", { params: { path: { id } }, body: { reason } }));
}
