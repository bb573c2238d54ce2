import { describe, expect, it } from "vitest";
import { agreementOf } from "./agreement";

describe("agreementOf", () => {
  it.each([
    ["manipulated", "manipulated", "agrees"], ["authentic", "manipulated", "differs"], ["authentic", "no_manipulation_found", "agrees"],
    ["authentic", "authentic", "agrees"], ["manipulated", "no_manipulation_found", "differs"], ["manipulated", "inconclusive", "no_verdict"],
    ["unsure", "inconclusive", "no_verdict"], ["unsure", "manipulated", "was_unsure"], ["manipulated", null, "open"],
  ] as const)("a vote for %s beside the outcome %s: %s", (label, outcome, expected) => {
    expect(agreementOf({ label, outcome })).toBe(expected);
  });
});
