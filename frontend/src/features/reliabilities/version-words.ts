import type { Tone } from "@/components/ui/badge";
import type { IconName } from "@/components/ui/icon";
import { count, percent } from "@/lib/format";
import type { ReliabilityVersion } from "@/lib/models";

interface StateWords {
  word: string;
  icon: IconName;
  tone: Tone;
}

export const VERSION_STATES: Record<ReliabilityVersion["state"], StateWords> = {
  active: { word: "in force", icon: "check", tone: "accent" },
  pending: { word: "being compared", icon: "clock", tone: "neutral" },
  frozen: { word: "frozen", icon: "lock", tone: "warn" },
  discarded: { word: "discarded", icon: "cross", tone: "neutral" },
  superseded: { word: "followed by another", icon: "right", tone: "neutral" },
};

/** What a version moved, in a sentence. */
export function movedWords({ guard, gold_answers: gold }: Pick<ReliabilityVersion, "guard" | "gold_answers">): string {
  if (guard === null) return gold === 0 ? "The beginning: nothing was known yet." : "Nothing was compared: this version is older than the guard.";
  if (guard.clips === 0) return "No clip had votes yet.";
  const flips = guard.flipped === 0 ? "no label changed" : `${count(guard.flipped, "label")} changed (${percent(guard.flipped_share)})`;
  return `Over ${count(guard.clips, "clip")} with votes: ${flips}; the probability moved by ${guard.mean_shift.toFixed(3)} on average and by ${guard.furthest.toFixed(2)} at most.`;
}

/** Which decisions an admin can take on a version. */
export function actionsFor(state: ReliabilityVersion["state"]): { activate: boolean; discard: boolean } {
  return { activate: state === "frozen" || state === "superseded", discard: state === "frozen" };
}
