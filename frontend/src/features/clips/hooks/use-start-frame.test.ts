import { describe, expect, it } from "vitest";
import { startFrameOf } from "./use-start-frame";

describe("the frame that an address asks for", () => {
  it("is taken where the clip has it", () => {
    expect(startFrameOf("0", 100)).toBe(0);
    expect(startFrameOf("99", 100)).toBe(99);
  });

  it("is none for what is no frame of the clip", () => {
    for (const odd of [null, "", "100", "-1", "1.5", "abc", "1e3"]) expect(startFrameOf(odd, 100)).toBeNull();
  });
});
