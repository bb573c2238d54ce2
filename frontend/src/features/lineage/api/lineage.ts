import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { Traced } from "../traced";

export const lineageQuery = (traced: Traced) =>
  queryOptions({
    queryKey: ["lineage", traced.kind, traced.id],
    staleTime: 0,
    queryFn: () =>
      traced.kind === "reviewer"
        ? unwrap(api.GET("/api/v1/lineage/reviewers/{id}", { params: { path: { id: traced.id } } }))
        : unwrap(api.GET("/api/v1/lineage/clips/{id}", { params: { path: { id: traced.id } } })),
  });
