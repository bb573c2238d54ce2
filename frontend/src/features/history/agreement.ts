import type { PastVote } from "@/lib/models";

/** How an own answer stands beside the outcome of a closed clip. */
export type Agreement = "agrees" | "differs" | "no_verdict" | "open" | "was_unsure";

/**
 * An outcome is not the truth: this says whether the two answers are the same, not who was right. An
 * inconclusive clip and a can't tell are beside neither.
 */
export function agreementOf({ label, outcome }: Pick<PastVote, "label" | "outcome">): Agreement {
  if (outcome === null) return "open";
  if (outcome === "inconclusive") return "no_verdict";
  if (label === "unsure") return "was_unsure";
  return (label === "manipulated") === (outcome === "manipulated") ? "agrees" : "differs";
}
