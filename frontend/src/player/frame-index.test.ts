import { describe, expect, it } from "vitest";
import { axisLengthS, clampFrame, evenTimes, frameAt, frameEndS, frameMiddleS, frameOfMediaTime, isFrameTable } from "./frame-index";

const even = [0, 0.04, 0.08, 0.12];
/** Variable frame rate: steps of 33, 67 and 100 ms. */
const varying = [0, 0.033, 0.1, 0.2, 0.233];

describe("frameAt", () => {
  it("gives the frame that has begun last", () => {
    expect(frameAt(even, 0.04)).toBe(1);
    expect(frameAt(even, 0.079)).toBe(1);
    expect(frameAt(even, 0.08)).toBe(2);
    expect(frameAt(varying, 0.199)).toBe(2);
  });
  it("stays on the first and the last frame outside the clip", () => {
    expect(frameAt(even, -1)).toBe(0);
    expect(frameAt(even, 99)).toBe(3);
    expect(frameAt([], 1)).toBe(0);
  });
  it("forgives half a millisecond of rounding", () => {
    expect(frameAt([0, 0.033, 0.067], 0.0666667)).toBe(2);
  });
});

describe("frameMiddleS", () => {
  it("lies strictly inside every frame, so that seeking there shows that frame", () => {
    for (const times of [even, varying]) {
      times.forEach((start, frame) => {
        const middle = frameMiddleS(times, frame, 0.266);
        expect(middle).toBeGreaterThan(start);
        expect(middle).toBeLessThan(times[frame + 1] ?? 0.266);
        expect(frameAt(times, middle)).toBe(frame);
      });
    }
  });
  it("guesses the last frame's stay from the one before when no duration is known", () => {
    expect(frameEndS(even, 3, null)).toBeCloseTo(0.16);
    expect(frameEndS([0], 0, null)).toBeCloseTo(0.04);
  });
});

describe("frameOfMediaTime", () => {
  it("returns every frame for its own presentation time, also when either side was rounded", () => {
    const ntsc = Array.from({ length: 300 }, (_, n) => (n * 1001) / 30000);
    const rounded = ntsc.map((time) => Math.round(time * 1000) / 1000);
    ntsc.forEach((time, frame) => {
      expect(frameOfMediaTime(rounded, time)).toBe(frame);
      expect(frameOfMediaTime(ntsc, Math.floor(time * 1e6) / 1e6)).toBe(frame);
    });
  });
});

describe("the rest of the table", () => {
  it("clamps wild frame numbers", () => {
    expect([-4, 1.4, 99, Number.NaN].map((frame) => clampFrame(even, frame))).toEqual([0, 1, 3, 0]);
  });
  it("refuses tables that do not increase", () => {
    expect(isFrameTable(varying)).toBe(true);
    expect(isFrameTable([])).toBe(false);
    expect(isFrameTable([0, 0.1, 0.1])).toBe(false);
    expect(isFrameTable([0, Number.NaN])).toBe(false);
  });
  it("spreads frames evenly where there is no table", () => {
    expect(evenTimes(4, 2)).toEqual([0, 0.5, 1, 1.5]);
    expect(axisLengthS(evenTimes(4, 2), 2)).toBe(2);
  });
});
