import { describe, expect, it } from "vitest";
import { markOut } from "./pending-mark";

const chosen = [{ start_frame: 10, end_frame: 20 }];

describe("markOut", () => {
  it("closes a begun range, also backwards and on a single frame", () => {
    expect(markOut(30, 12, [], null)).toEqual({ kind: "add", segment: { start_frame: 12, end_frame: 30 } });
    expect(markOut(8, 12, [], null)).toEqual({ kind: "add", segment: { start_frame: 8, end_frame: 12 } });
    expect(markOut(12, 12, [], null)).toEqual({ kind: "add", segment: { start_frame: 12, end_frame: 12 } });
  });
  it("moves the end of the chosen range when none is begun", () => {
    expect(markOut(15, null, chosen, 0)).toEqual({ kind: "change", index: 0, segment: { start_frame: 10, end_frame: 15 } });
  });
  it("asks for a start when there is nothing to end", () => {
    expect(markOut(15, null, chosen, null)).toEqual({ kind: "hint" });
    expect(markOut(5, null, chosen, 0)).toEqual({ kind: "hint" });
    expect(markOut(5, null, [], 3)).toEqual({ kind: "hint" });
  });
});
