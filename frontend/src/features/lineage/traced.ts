import { count } from "@/lib/format";
import type { Lineage } from "@/lib/models";

/** What is traced: an account's votes, or a clip. */
export type Traced = { kind: "reviewer"; id: number } | { kind: "clip"; id: string };

const CLIP = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** What was typed: an account's number, or a clip's id or address; null for neither. */
export function parseTraced(text: string): Traced | null {
  const clip = CLIP.exec(text)?.[0];
  if (clip !== undefined) return { kind: "clip", id: clip.toLowerCase() };
  return /^\s*\d{1,15}\s*$/.test(text) ? { kind: "reviewer", id: Number(text) } : null;
}

/** What a snapshot holds of it, in a sentence. */
export function heldWords(row: Lineage["snapshots"][number], traced: Traced): string {
  if (traced.kind === "clip") {
    const use = row.learned_from > 0 ? "A model learns from it." : "It stands in the test split: no model learns from it.";
    return row.decided > 0 ? `${use} It was decided blind, so its label rests on no vote.` : use;
  }
  const decided = row.decided === 0 ? "" : ` ${count(row.decided, "clip")} of these were decided blind: their label rests on no vote.`;
  return `${count(row.clips, "clip")} with votes of this account, ${row.learned_from} of them to learn from.${decided}`;
}

/** How a version came by it. */
export function taughtWords(row: Lineage["versions"][number]): string {
  return row.generation === 0 ? "trained on it" : "trained from a version that was";
}
