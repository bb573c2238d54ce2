import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { Clip, DecisionIn, DisputeCase, Outcome, Provisional } from "@/lib/models";
import { caseQuery } from "./disputes";

/** Seals the provisional verdict; the case is asked for again, now with its scores. */
export function useSealProvisional(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verdict: Outcome) =>
      unwrap<Provisional>(api.POST("/api/v1/disputes/{id}/provisional", { params: { path: { id } }, body: { verdict } })),
    onSettled: () => client.invalidateQueries({ queryKey: caseQuery(id).queryKey }),
  });
}

/** Decides the case; lists and the clip's own page are asked for again. */
export function useDecide(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: DecisionIn) =>
      unwrap<DisputeCase>(api.POST("/api/v1/disputes/{id}/decision", { params: { path: { id } }, body })),
    onSuccess: (decided) => {
      client.setQueryData(caseQuery(id).queryKey, decided);
      for (const key of ["disputes", "clip", "clips", "consensus", "verdicts"]) void client.invalidateQueries({ queryKey: [key] });
    },
    onError: () => client.invalidateQueries({ queryKey: caseQuery(id).queryKey }),
  });
}

/** Says how much harm a wrong verdict on the clip would do. */
export function useSetImportance(clipId: string, disputeId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (importance: number) =>
      unwrap<Clip>(api.PUT("/api/v1/clips/{id}/importance", { params: { path: { id: clipId } }, body: { importance } })),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: caseQuery(disputeId).queryKey });
      await client.invalidateQueries({ queryKey: ["disputes"] });
    },
  });
}
