import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { SafeguardingCase } from "@/lib/models";

export const safeguardingQuery = queryOptions({
  queryKey: ["safeguarding"],
  queryFn: () => unwrap(api.GET("/api/v1/safeguarding")),
  refetchInterval: 30_000,
});

export function safeguardingCaseQuery(id: string) {
  return queryOptions({
    queryKey: ["safeguarding-case", id],
    queryFn: () => unwrap(api.GET("/api/v1/safeguarding/{id}", { params: { path: { id } } })),
  });
}

export type Deed = { verb: "block"; reference: string; note: string } | { verb: "release"; note: string } | { verb: "reveal" };

export function useDeed(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (deed: Deed): Promise<SafeguardingCase> => {
      const path = { params: { path: { id } } };
      if (deed.verb === "reveal") return unwrap(api.POST("/api/v1/safeguarding/{id}/reveal", path));
      if (deed.verb === "release") return unwrap(api.POST("/api/v1/safeguarding/{id}/release", { ...path, body: { note: deed.note } }));
      return unwrap(api.POST("/api/v1/safeguarding/{id}/block", { ...path, body: { reference: deed.reference, note: deed.note } }));
    },
    onSuccess: (changed) => {
      client.setQueryData(safeguardingCaseQuery(id).queryKey, changed);
      return client.invalidateQueries({ queryKey: safeguardingQuery.queryKey });
    },
  });
}
