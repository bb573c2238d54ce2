import { expect, test } from "vitest";
import { placedFindings, whyNoScore } from "./findings";
import type { Finding, Score } from "./models";

const finding: Finding = { kind: "cut", words: "A cut.", strength: "strong", basis: "", start_frame: 3, end_frame: 4, start_s: 0.12, end_s: 0.16 };

function scoreOf(current: boolean, findings: Finding[]): Score {
  return {
    detector: "edit-trace", version: "1", current, p_manipulated: null, in_domain: false, calibrated: false, abstention: "facts_only", error: null,
    frames_used: 9, faces: 0, findings,
  };
}

test("only findings of versions in force that have a place stand on the time axis", () => {
  const whole = { ...finding, start_frame: null, end_frame: null, start_s: null, end_s: null };
  expect(placedFindings([scoreOf(true, [finding, whole]), scoreOf(false, [finding])])).toEqual([finding]);
});

test("an abstention says why in words, and falls back to what every detector of faces says", () => {
  const silent: Score = { ...scoreOf(true, []), detector: "av-sync", abstention: "no_sound" };
  expect(whyNoScore(silent)).toBe("the clip has no sound, or next to none");
  expect(whyNoScore({ ...silent, abstention: "several_talking_faces" })).toContain("who is heard");
  expect(whyNoScore({ ...silent, abstention: "untrained_kind" })).toContain("not been trained on labelled clips");
  expect(whyNoScore({ ...silent, abstention: "no_face" })).toContain("no face");
  expect(whyNoScore({ ...silent, abstention: "face_too_small", faces: 2 })).toContain("outside");
});
