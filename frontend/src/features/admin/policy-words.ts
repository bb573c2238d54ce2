import { count } from "@/lib/format";
import { outcomeWord } from "@/lib/ladder";
import type { Policy, PolicyField, PolicyPreview } from "@/lib/models";

/** A threshold as it is read: 95 %, or a number. */
export function valueWords(field: Pick<PolicyField, "kind">, value: number): string {
  return field.kind === "probability" ? `${Number((value * 100).toFixed(2))}\u202F%` : String(value);
}

/** What a version changed against the one before it. */
export function changesOf(fields: PolicyField[], policy: Policy, before: Policy | undefined): string[] {
  if (before === undefined) return [];
  return fields.flatMap((field) => {
    const [old, now] = [before.values[field.name], policy.values[field.name]];
    if (old === undefined || now === undefined || old === now) return [];
    return [`${field.title}: ${valueWords(field, old)} \u2192 ${valueWords(field, now)}`];
  });
}

/** What a change would do, one sentence each, the gravest first. */
export function effectsOf(preview: PolicyPreview): string[] {
  const effects: string[] = [];
  const closing = Object.entries(preview.retire).filter(([, number]) => number > 0);
  const total = closing.reduce((sum, [, number]) => sum + number, 0);
  if (total > 0) {
    const parts = closing.map(([outcome, number]) => `${number} as \u201C${outcomeWord(outcome).toLowerCase()}\u201D`);
    effects.push(`${count(total, "open clip")} would close at once: ${parts.join(", ")}.`);
  }
  if (preview.wait > 0) effects.push(`${count(preview.wait, "open clip")} would be offered no more and close once the reviewers who hold them have finished.`);
  if (preview.reopen > 0) effects.push(`${count(preview.reopen, "clip")} that ${preview.reopen === 1 ? "is" : "are"} closing would be offered again.`);
  if (preview.dispute > 0) effects.push(`${count(preview.dispute, "clip")} would come before moderators.`);
  if (preview.other > 0) effects.push(`${count(preview.other, "published verdict")} would have ended with another outcome. Published verdicts never change.`);
  if (preview.not_yet > 0) effects.push(`${count(preview.not_yet, "published verdict")} would have needed more votes. Published verdicts never change.`);
  return effects;
}
