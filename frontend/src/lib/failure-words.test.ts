import { describe, expect, it } from "vitest";
import { failureWords } from "./failure-words";

describe("failureWords", () => {
  it("says what to do, and keeps what the server said about this file", () => {
    const words = failureWords({ code: "codec_not_allowed", detail: "Encoded as \u201Cprores\u201D." });
    expect(words.advice).toContain("H.264");
    expect(words.detail).toContain("prores");
  });
  it("still helps with codes it does not know", () => {
    expect(failureWords({ code: "brand_new", detail: "Something." })).toMatchObject({ title: "The file cannot be judged", detail: "Something." });
  });
});
