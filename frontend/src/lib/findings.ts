import type { Finding, Score } from "@/lib/models";

export type PlacedFinding = Finding & { start_frame: number; end_frame: number };

/** Findings of detectors in force that have a place on the time axis. */
export function placedFindings(scores: Score[]): PlacedFinding[] {
  return scores
    .filter((score) => score.current)
    .flatMap((score) => score.findings)
    .filter((finding): finding is PlacedFinding => finding.start_frame !== null && finding.end_frame !== null);
}
