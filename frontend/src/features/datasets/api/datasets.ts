import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { DatasetFilters } from "@/lib/models";

export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: () => unwrap(api.GET("/api/v1/datasets")),
});

export const choicesQuery = queryOptions({
  queryKey: ["dataset-choices"],
  staleTime: 60_000,
  queryFn: () => unwrap(api.GET("/api/v1/datasets/choices")),
});

export const datasetQuery = (id: string) =>
  queryOptions({
    queryKey: ["datasets", id],
    queryFn: () => unwrap(api.GET("/api/v1/datasets/{id}", { params: { path: { id } } })),
  });

/** What filters take that are being edited; the last answer stays while the next one is on its way. */
export const previewQuery = (id: string, filters: DatasetFilters) =>
  queryOptions({
    queryKey: ["dataset-preview", id, filters],
    placeholderData: keepPreviousData,
    queryFn: () => unwrap(api.POST("/api/v1/datasets/preview", { body: { filters, dataset_id: id } })),
  });

export const diffQuery = (after: string, before: string) =>
  queryOptions({
    queryKey: ["snapshot-diff", before, after],
    staleTime: 0,
    queryFn: () => unwrap(api.GET("/api/v1/snapshots/{id}/diff", { params: { path: { id: after }, query: { against: before } } })),
  });

export function createDataset(name: string, description: string, filters: DatasetFilters) {
  return unwrap(api.POST("/api/v1/datasets", { body: { name, description, filters } }));
}

export function changeDataset(id: string, change: { name?: string; description?: string; filters?: DatasetFilters }) {
  return unwrap(api.PATCH("/api/v1/datasets/{id}", { params: { path: { id } }, body: change }));
}

export function freezeDataset(id: string) {
  return unwrap(api.POST("/api/v1/datasets/{id}/freeze", { params: { path: { id } } }));
}
