import { describe, expect, it } from "vitest";
import type { ClipVote } from "@/lib/models";
import { lanesOf, likeliest, stretchOf, stripWords } from "./marks-scale";

const clip = { duration_s: 4, frames: 100 };
const vote = (label: ClipVote["label"], ...starts: number[]): ClipVote => ({
  reviewer: "a", label, confidence: 0.8, kinds: [], rationale: "", cast_at: "2026-11-25T12:00:00Z", simulated: false,
  segments: starts.map((start_s) => ({ start_frame: start_s * 25, end_frame: start_s * 25 + 25, start_s, end_s: start_s + 1 })),
});

describe("stretchOf", () => {
  it("covers the last frame too", () => {
    const { left, width } = stretchOf({ start_s: 1, end_s: 2 }, clip);
    expect(left).toBe(0.25);
    expect(width).toBeCloseTo(0.26);
  });
  it("never leaves the strip, and survives a clip of unknown length", () => {
    expect(stretchOf({ start_s: 3, end_s: 3.96 }, clip)).toEqual({ left: 0.75, width: 0.25 });
    const unknown = stretchOf({ start_s: 1, end_s: 2 }, { duration_s: null, frames: null });
    expect(unknown.left + unknown.width).toBeLessThanOrEqual(1);
  });
});

describe("lanesOf", () => {
  it("gives a lane to everybody who said manipulated and marked something", () => {
    const lanes = lanesOf([vote("manipulated", 0, 2), vote("manipulated"), vote("authentic", 1), vote("unsure", 1)], clip);
    expect(lanes).toHaveLength(1);
    expect(lanes[0]).toHaveLength(2);
  });
});

describe("likeliest", () => {
  it("names the likeliest first and leaves out what is hardly likely", () => {
    expect(likeliest({ voice: 0.1, face_swap: 0.9, lip_sync: 0.4 }, 0.2, 5)).toEqual([["face_swap", 0.9], ["lip_sync", 0.4]]);
    expect(likeliest({}, 0.2, 5)).toEqual([]);
  });
});

describe("stripWords", () => {
  it("says whether they agree", () => {
    expect(stripWords([], 1)).toBe("One person marked a range; no two agree.");
    expect(stripWords([{ start_frame: 0, end_frame: 9, start_s: 0, end_s: 0.4, people: 2, certainty: 0.8 }], 3)).toBe("3 people marked ranges; they agree on one, listed below.");
  });
});
