import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ReportDecisionIn } from "@/lib/models";

export type QueueState = "open" | "decided";

export function reportsQuery(state: QueueState) {
  return queryOptions({
    queryKey: ["reports", state],
    queryFn: () => unwrap(api.GET("/api/v1/reports", { params: { query: { state } } })),
    refetchInterval: 30_000,
  });
}

export function reportQuery(id: string) {
  return queryOptions({
    queryKey: ["report", id],
    queryFn: () => unwrap(api.GET("/api/v1/reports/{id}", { params: { path: { id } } })),
  });
}

export type Verb = "quarantine" | "dismiss";

export function useReportDecision(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, body }: { verb: Verb; body: ReportDecisionIn }) => {
      const request = { params: { path: { id } }, body };
      return unwrap(
        verb === "quarantine" ? api.POST("/api/v1/reports/{id}/quarantine", request) : api.POST("/api/v1/reports/{id}/dismiss", request),
      );
    },
    onSuccess: (decided) => {
      client.setQueryData(reportQuery(id).queryKey, decided);
      return client.invalidateQueries({ queryKey: ["reports"] });
    },
  });
}
