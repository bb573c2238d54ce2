import type { Finding, Score } from "@/lib/models";

export type PlacedFinding = Finding & { start_frame: number; end_frame: number };

/** Findings of detectors in force that have a place on the time axis. */
export function placedFindings(scores: Score[]): PlacedFinding[] {
  return scores
    .filter((score) => score.current)
    .flatMap((score) => score.findings)
    .filter((finding): finding is PlacedFinding => finding.start_frame !== null && finding.end_frame !== null);
}

const WHY_NO_SCORE: Record<string, string> = {
  no_sound: "the clip has no sound, or next to none",
  no_speech: "the sound does not rise and fall as speech does",
  no_talking_face: "no face moves its mouth enough to be talking",
  several_talking_faces: "several faces talk at once, and it cannot tell who is heard",
  too_short: "a talking face is seen and heard for too short a time",
  untrained_kind: "this version has not been trained on labelled clips of this kind",
  still_picture: "this is a still picture, and it judges videos only",
};

/** Why a detector gave no score, as the end of a sentence. */
export function whyNoScore(score: Score): string {
  const known = score.abstention === null ? undefined : WHY_NO_SCORE[score.abstention];
  if (known !== undefined) return known;
  return score.faces === 0 ? "it found no face, and it judges faces only" : "the clip lies outside what it was made for";
}
