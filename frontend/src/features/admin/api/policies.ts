import { infiniteQueryOptions, queryOptions, useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { PolicyPage, PolicyPreview } from "@/lib/models";
import { given, useAdminAction } from "./administration";

export type PolicyValues = Record<string, number>;

export const policiesQuery = infiniteQueryOptions({
  queryKey: ["admin", "policies"],
  initialPageParam: null as number | null,
  getNextPageParam: (page: PolicyPage) => page.next_cursor,
  queryFn: ({ pageParam }) => unwrap<PolicyPage>(api.GET("/api/v1/policies", { params: { query: given({ cursor: pageParam }) } })),
});

/** Asks what the values would change: counts at once, or the job that is counting. */
export function usePreview() {
  return useMutation({ mutationFn: (values: PolicyValues) => unwrap(api.POST("/api/v1/policies/preview", { body: values })) });
}

/** The job that counts, looked at until it has ended. */
export function previewJobQuery(id: string | null) {
  return queryOptions({
    queryKey: ["job", id],
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.state === "queued" || query.state.data?.state === "running" ? 700 : false),
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{id}", { params: { path: { id: id ?? "" } } })),
  });
}

export function asPreview(result: unknown): PolicyPreview {
  return result as PolicyPreview;
}

interface PolicySave {
  values: PolicyValues;
  basedOn: number;
  reason: string;
}

export function useSavePolicy() {
  // The generated type holds every field to a number, the reason too.
  return useAdminAction(({ values, basedOn, reason }: PolicySave) =>
    unwrap(api.POST("/api/v1/policies", { body: { ...values, based_on: basedOn, reason } as never })),
  );
}
