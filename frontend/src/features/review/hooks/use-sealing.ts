import { useCallback, useEffect, useRef, useState } from "react";
import { explain, hasCode } from "@/lib/api-error";
import type { Vote, VoteIn } from "@/lib/models";
import { browserStore } from "@/lib/storage";
import { castVote, isFinal } from "../api/cast-vote";
import { dequeueVote, enqueueVote } from "../ballot/sealed-queue";

export type Sealing =
  | { phase: "open" }
  | { phase: "sending" }
  /** Sealed here, not yet there: the server cannot be reached. */
  | { phase: "waiting"; reason: string }
  | { phase: "sealed"; vote: Vote }
  /** The lease is over; `reason` where there is more to say than that. */
  | { phase: "expired"; reason: string | null }
  | { phase: "refused"; reason: string };

const RETRY_MS = 5000;

/**
 * Seals a vote and keeps trying while the server cannot be reached; the same body is sent each time, which the
 * server answers with the vote it already has.
 */
export function useSealing(userId: number, leaseId: string, onSealed: () => void): { sealing: Sealing; seal: (body: VoteIn) => void } {
  const [sealing, setSealing] = useState<Sealing>({ phase: "open" });
  const body = useRef<VoteIn | null>(null);

  const attempt = useCallback(async () => {
    const sealed = body.current;
    if (sealed === null) return;
    try {
      const vote = await castVote(leaseId, sealed);
      dequeueVote(browserStore, leaseId);
      body.current = null;
      setSealing({ phase: "sealed", vote });
      onSealed();
    } catch (error) {
      if (!isFinal(error)) {
        enqueueVote(browserStore, { userId, leaseId, body: sealed, sealedAtMs: Date.now() });
        setSealing({ phase: "waiting", reason: explain(error) });
        return;
      }
      dequeueVote(browserStore, leaseId);
      const gone = hasCode(error, "lease_expired", "lease_not_found", "lease_skipped", "lease_withdrawn");
      body.current = null;
      setSealing(gone ? { phase: "expired", reason: hasCode(error, "lease_withdrawn") ? error.detail : null } : { phase: "refused", reason: explainRefusal(error.detail, error.fieldErrors) });
    }
  }, [userId, leaseId, onSealed]);

  const seal = useCallback(
    (vote: VoteIn) => {
      body.current = vote;
      setSealing({ phase: "sending" });
      void attempt();
    },
    [attempt],
  );

  const isWaiting = sealing.phase === "waiting";
  useEffect(() => {
    if (!isWaiting) return;
    const retry = () => void attempt();
    const timer = window.setInterval(retry, RETRY_MS);
    window.addEventListener("online", retry);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", retry);
    };
  }, [isWaiting, attempt]);

  return { sealing, seal };
}

function explainRefusal(detail: string, errors: { field: string; message: string }[]): string {
  return errors.length === 0 ? detail : errors.map(({ message }) => message).join(" ");
}
