import type { DetectorVersion, GateOutcome, GateSet, Promotion, VersionState } from "@/lib/models";

/** A version's state in the words of the pages. */
export const STATE_WORDS: Record<VersionState, string> = { candidate: "candidate", active: "in force", retired: "not in force" };

/** The same as a sentence under the heading. */
export const STATE_SENTENCES: Record<VersionState, string> = {
  candidate: "This version is a candidate: it judges nothing until the gate, or an admin, lets it.",
  active: "This version is in force.",
  retired: "This version is not in force any more; the scores that it gave are kept.",
};

/** What it means for clips that this version is in force. */
export function inForceWords(version: DetectorVersion): string {
  if (!version.gives_scores) {
    return "This version is in force: what it finds is shown beside the clips. It gives no scores, so there is nothing to compare.";
  }
  return version.counted_for.length === 0
    ? "This version is in force: its scores, where it gives any, are shown and move no posterior."
    : `This version is in force: its scores are shown, and those of ${version.counted_for.join("s and ")}s count.`;
}

/** What the gate said, in few words. */
export const OUTCOME_WORDS: Record<GateOutcome, string> = {
  passed: "passed the gate",
  refused: "refused by the gate",
  too_few_items: "too few gate items",
};

/** The same as a heading. */
export const OUTCOME_TITLES: Record<GateOutcome, string> = {
  passed: "The gate has passed this version",
  refused: "The gate has refused this version",
  too_few_items: "Too few gate items to decide",
};

/** How a version came into force. */
export const PROMOTION_WORDS: Record<Promotion["kind"], string> = {
  first: "first version",
  gate: "passed the gate",
  override: "an admin’s override",
  rollback: "taken back",
};

/** How many gate items there are, and how many are missing, in one sentence. */
export function gateWords(gate: GateSet): string {
  const has = `There are ${gate.manipulated} manipulated and ${gate.authentic} authentic gate items; ${gate.wanted_of_each} of each are wanted.`;
  const missing = [
    gate.missing_manipulated > 0 ? `${gate.missing_manipulated} manipulated` : "",
    gate.missing_authentic > 0 ? `${gate.missing_authentic} authentic` : "",
  ].filter((part) => part !== "");
  if (missing.length === 0) return has;
  return `${has} Missing: ${missing.join(" and ")}. Until then no version can pass by itself.`;
}

/** An AUC with its interval. */
export function aucWords(auc: number | null, low: number | null, high: number | null): string {
  if (auc === null) return "not measured";
  if (low === null || high === null) return auc.toFixed(3);
  return `${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** A share as whole percent, or a dash where there is none. */
export function rateWords(rate: number | null): string {
  return rate === null ? "–" : `${Math.round(rate * 100)} %`;
}
