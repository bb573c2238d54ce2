import type { SegmentIn } from "@/lib/models";

/** What pressing "range ends here" means. */
export type MarkOut = { kind: "add"; segment: SegmentIn } | { kind: "change"; index: number; segment: SegmentIn } | { kind: "hint" };

/**
 * With a begun range, closes it (turning it round if it ends before it begins). Without one, moves the end of
 * the chosen range, so that it can be corrected without starting over. Else there is nothing to end.
 */
export function markOut(frame: number, pendingStart: number | null, segments: SegmentIn[], selected: number | null): MarkOut {
  if (pendingStart !== null) {
    return { kind: "add", segment: { start_frame: Math.min(pendingStart, frame), end_frame: Math.max(pendingStart, frame) } };
  }
  const chosen = selected === null ? undefined : segments[selected];
  if (selected === null || chosen === undefined || frame < chosen.start_frame) return { kind: "hint" };
  return { kind: "change", index: selected, segment: { ...chosen, end_frame: frame } };
}
