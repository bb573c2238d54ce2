import type { Outcome } from "@/lib/models";

/** A decision as it is being written. */
export interface Draft {
  verdict: Outcome | null;
  reasons: string[];
  rationale: string;
}

export const MAX_RATIONALE = 4000;
export const MAX_REASONS = 6;

/** What is still missing, in the order of the form; empty when it can be sent. */
export function draftProblems({ verdict, reasons, rationale }: Draft): string[] {
  const problems = [];
  if (verdict === null) problems.push("choose a verdict");
  if (reasons.length === 0) problems.push("name at least one reason");
  if (reasons.length > MAX_REASONS) problems.push(`keep to ${MAX_REASONS} reasons`);
  if (rationale.trim() === "") problems.push("say why in your own words");
  if (rationale.length > MAX_RATIONALE) problems.push(`keep the rationale to ${MAX_RATIONALE} characters`);
  return problems;
}

/** Whether the decision may become a label to train on: it says what was sealed before any figure was seen. */
export function staysBlind(provisional: { verdict: Outcome; is_blind: boolean }, verdict: Outcome | null): boolean {
  return provisional.is_blind && provisional.verdict === verdict;
}
