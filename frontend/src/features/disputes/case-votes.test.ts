import { describe, expect, it } from "vitest";
import { letterOf, listMarks, stepMark, tally } from "./case-votes";

const range = (start_frame: number) => ({ start_frame, end_frame: start_frame + 5, start_s: 0, end_s: 1 });
const box = (frame: number) => ({ frame, x: 0, y: 0, width: 0.1, height: 0.1 });

describe("letterOf", () => {
  it("goes on after Z", () => expect([0, 1, 25, 26, 27, 51, 52].map(letterOf)).toEqual(["A", "B", "Z", "AA", "AB", "AZ", "BA"]));
});

describe("listMarks", () => {
  it("puts ranges and regions of all votes in the order of the clip", () => {
    const votes = [{ segments: [range(40), range(3)], regions: [] }, { segments: [range(3)], regions: [box(12)] }];
    expect(listMarks(votes)).toEqual([
      { voteIndex: 0, frame: 3 }, { voteIndex: 1, frame: 3 }, { voteIndex: 1, frame: 12 }, { voteIndex: 0, frame: 40 },
    ]);
  });
});

describe("stepMark", () => {
  it("starts at the near end and goes round", () => {
    expect(stepMark(3, null, 1)).toBe(0);
    expect(stepMark(3, null, -1)).toBe(2);
    expect(stepMark(3, 2, 1)).toBe(0);
    expect(stepMark(3, 0, -1)).toBe(2);
    expect(stepMark(0, null, 1)).toBeNull();
  });
});

describe("tally", () => {
  it("counts each answer", () => {
    const labels = ["manipulated", "unsure", "manipulated", "authentic"] as const;
    expect(tally(labels.map((label) => ({ label })))).toEqual({ manipulated: 2, authentic: 1, unsure: 1 });
  });
});
