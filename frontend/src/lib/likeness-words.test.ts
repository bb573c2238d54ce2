import { describe, expect, it } from "vitest";
import { distanceWord, likenessSentence } from "./likeness-words";

describe("distanceWord", () => {
  it("grows vaguer with the distance", () => {
    const words = [0, 4, 5, 16, 17, 24, 25, 31].map(distanceWord);
    expect(new Set(words).size).toBe(4);
    expect(words[0]).toBe(words[1]);
    expect(words[1]).not.toBe(words[2]);
    expect(words[6]).toBe("a similar picture");
  });
});

describe("likenessSentence", () => {
  it("names both shares unless all of both match", () => {
    expect(likenessSentence({ distance: 2, share: 1, share_other: 1, mirrored: false })).toBe("Nearly the same picture: all of both (2 of 256 bits apart).");
    expect(likenessSentence({ distance: 20, share: 0.5, share_other: 1, mirrored: true }).replace(/\s/g, " ")).toBe(
      "The same picture, somewhat changed, mirrored: 50 % of this one, 100 % of the other (20 of 256 bits apart).",
    );
  });
});
