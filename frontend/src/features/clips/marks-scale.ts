import type { AgreedSegment, ClipVote } from "@/lib/models";

/** A stretch of the strip: where it begins and how long it is, as shares of the clip, 0 to 1. */
export interface Stretch {
  left: number;
  width: number;
}

interface Range {
  start_s: number;
  end_s: number;
}

interface Length {
  duration_s: number | null;
  frames: number | null;
}

/** Places a range on the strip. `end_s` is when its last frame comes up; that frame stays for about one step more. */
export function stretchOf({ start_s, end_s }: Range, { duration_s, frames }: Length): Stretch {
  const length = Math.max(duration_s ?? 0, end_s, 0.04);
  const left = Math.min(1, Math.max(0, start_s / length));
  const right = Math.min(1, (end_s + length / Math.max(1, frames ?? 1)) / length);
  return { left, width: Math.max(0, right - left) };
}

/** One lane for everybody who said `manipulated` and marked a range; the strip shows at most `most` of them. */
export function lanesOf(votes: ClipVote[], clip: Length, most = 12): Stretch[][] {
  const pointing = votes.filter((vote) => vote.label === "manipulated" && vote.segments.length > 0);
  return pointing.slice(0, most).map((vote) => vote.segments.map((segment) => stretchOf(segment, clip)));
}

/** Words worth a line: those more likely than `least`, the likeliest first, at most `most`. */
export function likeliest(posteriors: Record<string, number>, least: number, most: number): [string, number][] {
  return Object.entries(posteriors)
    .filter(([, p]) => p >= least)
    .sort(([a, p], [b, q]) => q - p || a.localeCompare(b))
    .slice(0, most);
}

/** What the strip shows, for those who do not see it. */
export function stripWords(segments: AgreedSegment[], people: number): string {
  const marked = people === 1 ? "One person marked a range" : `${people} people marked ranges`;
  if (segments.length === 0) return `${marked}; no two agree.`;
  return `${marked}; they agree on ${segments.length === 1 ? "one" : segments.length}, listed below.`;
}
