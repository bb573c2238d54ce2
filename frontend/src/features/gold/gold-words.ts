import type { GoldCount, GoldNeeds, GoldRole } from "@/lib/models";

export const GOLD_ROLES: readonly GoldRole[] = ["serve", "calibrate", "gate"];

interface RoleWords {
  name: string;
  purpose: string;
}

/** What each role means, in one sentence. A role is for life, and so are these words. */
export const ROLE_WORDS: Record<GoldRole, RoleWords> = {
  serve: { name: "For reviewers", purpose: "Comes among other clips, unannounced, and tells how often each reviewer is right." },
  calibrate: { name: "For calibration", purpose: "Never shown to reviewers; it teaches how far a detector’s figures can be believed." },
  gate: { name: "For promotion", purpose: "Never shown to reviewers and never learned from; it decides whether a new detector may replace the old one." },
};

export const ORIGIN_WORDS = { import: "brought in", synthetic: "drawn here", adjudication: "from a decision" } as const;

export interface Stock {
  authentic: number;
  manipulated: number;
  total: number;
  synthetic: number;
  servable: number;
}

/** How much gold of a role there is. */
export function stockOf(role: GoldRole, counts: readonly GoldCount[]): Stock {
  const mine = counts.filter((row) => row.role === role);
  const sum = (of: (row: GoldCount) => number) => mine.reduce((all, row) => all + of(row), 0);
  const labelled = (label: GoldCount["label"]) => mine.filter((row) => row.label === label).reduce((all, row) => all + row.clips, 0);
  return {
    authentic: labelled("authentic"), manipulated: labelled("manipulated"),
    total: sum((row) => row.clips), synthetic: sum((row) => row.synthetic), servable: sum((row) => row.servable),
  };
}

export interface Need {
  words: string;
  /** From 0 to 1. */
  met: number;
}

/** What a role needs, and how much of that is there. */
export function needOf(role: GoldRole, stock: Stock, needs: GoldNeeds): Need {
  if (role === "serve") {
    const rule = `${needs.first_gold} of a new reviewer’s first ${needs.first_leases} clips are gold, of both kinds`;
    const balanced = stock.authentic >= 2 && stock.manipulated >= 2;
    return { words: rule, met: Math.min(balanced ? 1 : 0.5, stock.servable / needs.first_gold) };
  }
  if (role === "gate") {
    const enough = needs.gate_per_label;
    return { words: `${enough} of each kind`, met: (Math.min(enough, stock.authentic) + Math.min(enough, stock.manipulated)) / (2 * enough) };
  }
  return { words: `${needs.calibrate_in_all} in all, of both kinds`, met: Math.min(1, stock.total / needs.calibrate_in_all) };
}

const REFUSALS: Record<string, string> = {
  clip_is_gold: "were gold already",
  gold_role_fixed: "belong to a group whose gold has another role",
  clip_leased: "have a near-duplicate that somebody is judging right now",
  clip_not_retired: "are being judged again",
  clip_unusable: "are quarantined",
};

/** What became of decisions that were to become gold. */
export function promotionWords(promoted: number, refused: Readonly<Record<string, number>>): string {
  const made = promoted === 1 ? "1 decision is gold now." : `${promoted} decisions are gold now.`;
  const left = Object.entries(refused).map(([code, number]) => `${number} ${REFUSALS[code] ?? "could not be used"}.`);
  return [made, ...left].join(" ");
}
