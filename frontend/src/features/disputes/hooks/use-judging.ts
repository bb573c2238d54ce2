import { useState } from "react";
import type { DisputeCase, Outcome } from "@/lib/models";
import { useDecide, useSealProvisional } from "../api/judge";
import { draftProblems } from "../decision";
import type { Draft } from "../decision";

/** What the moderator is about to seal or decide, and how it is sent. */
export function useJudging({ id, provisional }: DisputeCase) {
  const [guess, setGuess] = useState<Outcome | null>(null);
  const [written, setWritten] = useState<Draft>({ verdict: null, reasons: [], rationale: "" });
  const [isAsking, setAsking] = useState(false);
  const sealing = useSealProvisional(id);
  const deciding = useDecide(id);
  const sealed = provisional !== null;
  // What was sealed is where the decision begins; the moderator may change it.
  const draft: Draft = { ...written, verdict: written.verdict ?? provisional?.verdict ?? null };
  const edit = (change: Partial<Draft>) => setWritten((old) => ({ ...old, ...change }));
  return {
    guess,
    draft,
    edit,
    choose: (verdict: Outcome) => (sealed ? edit({ verdict }) : setGuess(verdict)),
    /** Seals the provisional verdict; once that is done, asks whether to publish the decision. */
    submit: () => {
      if (sealed) setAsking(draftProblems(draft).length === 0);
      else if (guess !== null && !sealing.isPending) sealing.mutate(guess);
    },
    decide: (onDecided: () => void) => {
      if (draft.verdict === null || deciding.isPending) return;
      const body = { verdict: draft.verdict, reason_codes: draft.reasons, rationale: draft.rationale };
      deciding.mutate(body, { onSettled: () => setAsking(false), onSuccess: onDecided });
    },
    isAsking,
    stopAsking: () => setAsking(false),
    isSealing: sealing.isPending,
    sealError: sealing.error,
    isDeciding: deciding.isPending,
    decideError: deciding.error,
  };
}
