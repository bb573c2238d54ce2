import { describe, expect, it } from "vitest";
import { applyEdit, ballotProblems, EMPTY_BALLOT, isUntouched, MAX_SEGMENTS, toVoteIn } from "./ballot";
import type { Ballot, BallotEdit } from "./ballot";

const make = (change: Partial<Ballot>): Ballot => ({ ...EMPTY_BALLOT, ...change });
const fields = (ballot: Ballot) => ballotProblems(ballot, 99).map(({ field }) => field);
const edit = (ballot: Ballot, ...edits: BallotEdit[]) => edits.reduce(applyEdit, ballot);

describe("ballotProblems", () => {
  it.each<[string, Partial<Ballot>, string[]]>([
    ["nothing chosen", {}, ["label"]],
    ["fake without anything else", { label: "manipulated" }, ["confidence", "where"]],
    ["fake with an overall impression", { label: "manipulated", confidence: 0.8, isOverall: true }, []],
    ["fake with a range", { label: "manipulated", confidence: 0.5, segments: [{ start_frame: 3, end_frame: 9 }] }, []],
    ["fake with a box", { label: "manipulated", confidence: 1, regions: [{ frame: 0, x: 0, y: 0, width: 0.5, height: 0.5 }] }, []],
    ["real without confidence", { label: "authentic" }, ["confidence"]],
    ["real with confidence", { label: "authentic", confidence: 0.6 }, []],
    ["unsure needs nothing more", { label: "unsure" }, []],
    ["a lean needs a confidence", { label: "unsure", lean: "manipulated" }, ["confidence"]],
    ["a lean with confidence", { label: "unsure", lean: "authentic", confidence: 0.55 }, []],
    ["a range turned round", { label: "authentic", confidence: 0.6, segments: [{ start_frame: 9, end_frame: 3 }] }, ["where"]],
    ["a range past the end", { label: "authentic", confidence: 0.6, segments: [{ start_frame: 9, end_frame: 100 }] }, ["where"]],
    ["a range of half frames", { label: "authentic", confidence: 0.6, segments: [{ start_frame: 1.5, end_frame: 3 }] }, ["where"]],
    ["too many words", { label: "unsure", rationale: "x".repeat(2001) }, ["rationale"]],
  ])("%s", (_, change, expected) => {
    expect(fields(make(change))).toEqual(expected);
  });
});

describe("toVoteIn", () => {
  it("sends no confidence with a plain can't tell, even if the slider was moved before", () => {
    expect(toVoteIn(make({ label: "unsure", confidence: 0.9 }))).toMatchObject({ confidence: null, lean: null });
  });
  it("sends a lean only with can't tell", () => {
    expect(toVoteIn(make({ label: "authentic", confidence: 0.9, lean: "manipulated" })).lean).toBeNull();
    expect(toVoteIn(make({ label: "unsure", confidence: 0.7, lean: "manipulated" }))).toMatchObject({ lean: "manipulated", confidence: 0.7 });
  });
  it("leaves out kinds that were chosen before the answer became real", () => {
    expect(toVoteIn(make({ label: "authentic", confidence: 0.9, kinds: ["voice"] })).kinds).toEqual([]);
    expect(toVoteIn(make({ label: "unsure", lean: "manipulated", confidence: 0.6, kinds: ["voice"] })).kinds).toEqual(["voice"]);
  });
  it("writes the same body whatever the order of clicks", () => {
    const a = make({ label: "manipulated", confidence: 0.8, kinds: ["voice", "face_swap"], cues: ["b", "a"], rationale: " why " });
    const b = make({ label: "manipulated", confidence: 0.8, kinds: ["face_swap", "voice"], cues: ["a", "b"], rationale: "why" });
    expect(toVoteIn(a)).toEqual(toVoteIn(b));
  });
  it("refuses to guess a label", () => {
    expect(() => toVoteIn(EMPTY_BALLOT)).toThrow(/label/);
  });
});

describe("applyEdit", () => {
  it("begins at 75 % with the arrow keys and moves in steps of five within 50 to 100", () => {
    const up: BallotEdit = { type: "nudge_confidence", direction: 1 };
    const down: BallotEdit = { type: "nudge_confidence", direction: -1 };
    expect(edit(make({ label: "authentic" }), up).confidence).toBe(0.75);
    expect(edit(make({ label: "authentic" }), down, up).confidence).toBe(0.8);
    expect(edit(make({ confidence: 0.98 }), up, up).confidence).toBe(1);
    expect(edit(make({ confidence: 0.52 }), down, down).confidence).toBe(0.5);
  });
  it("has no confidence to move for a can't tell that leans nowhere", () => {
    const ballot = make({ label: "unsure" });
    expect(applyEdit(ballot, { type: "nudge_confidence", direction: 1 })).toBe(ballot);
  });
  it("takes back the overall impression when something is marked", () => {
    const marked = edit(make({ isOverall: true }), { type: "add_segment", segment: { start_frame: 5, end_frame: 6 } });
    expect(marked.isOverall).toBe(false);
  });
  it("keeps ranges in order of time and within the allowed number", () => {
    const two = edit(EMPTY_BALLOT, { type: "add_segment", segment: { start_frame: 9, end_frame: 9 } }, { type: "add_segment", segment: { start_frame: 2, end_frame: 3 } });
    expect(two.segments.map(({ start_frame }) => start_frame)).toEqual([2, 9]);
    const full = make({ segments: Array.from({ length: MAX_SEGMENTS }, () => ({ start_frame: 1, end_frame: 2 })) });
    expect(applyEdit(full, { type: "add_segment", segment: { start_frame: 1, end_frame: 2 } })).toBe(full);
  });
  it("toggles kinds and cues", () => {
    const twice = edit(EMPTY_BALLOT, { type: "toggle_kind", kind: "voice" }, { type: "toggle_kind", kind: "voice" });
    expect(isUntouched(twice)).toBe(true);
  });
});
