import type { DisputedVote } from "@/lib/models";

/** A range or a region that somebody marked, with whose vote it is. */
export interface Mark {
  voteIndex: number;
  frame: number;
}

/** "A", "B", … "Z", "AA": names for votes within one page; the pseudonyms are too long for a lane. */
export function letterOf(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest === 0 ? "" : letterOf(rest - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

/** Every mark in the order of the clip, to step through with the keyboard. */
export function listMarks(votes: Pick<DisputedVote, "segments" | "regions">[]): Mark[] {
  return votes
    .flatMap(({ segments, regions }, voteIndex) => [
      ...segments.map(({ start_frame: frame }) => ({ voteIndex, frame })),
      ...regions.map(({ frame }) => ({ voteIndex, frame })),
    ])
    .sort((a, b) => a.frame - b.frame || a.voteIndex - b.voteIndex);
}

/** The mark after, or before, the one at `place`; around the end it goes on at the other one. Null without marks. */
export function stepMark(count: number, place: number | null, direction: 1 | -1): number | null {
  if (count === 0) return null;
  if (place === null) return direction === 1 ? 0 : count - 1;
  return (place + direction + count) % count;
}

/** How many say what, as the first thing to know of a case. */
export function tally(votes: Pick<DisputedVote, "label">[]): { manipulated: number; authentic: number; unsure: number } {
  const of = (label: DisputedVote["label"]) => votes.filter((vote) => vote.label === label).length;
  return { manipulated: of("manipulated"), authentic: of("authentic"), unsure: of("unsure") };
}
