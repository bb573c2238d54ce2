import { describe, expect, it } from "vitest";
import { draftProblems, MAX_RATIONALE, staysBlind } from "./decision";

const whole = { verdict: "manipulated", reasons: ["traces_seen"], rationale: "The seam moves." } as const;

describe("draftProblems", () => {
  it("asks for all three parts, in their order", () => {
    expect(draftProblems({ verdict: null, reasons: [], rationale: "  " })).toEqual(["choose a verdict", "name at least one reason", "say why in your own words"]);
    expect(draftProblems({ ...whole, reasons: [...whole.reasons] })).toEqual([]);
  });
  it("knows the server's limits", () => {
    expect(draftProblems({ ...whole, reasons: ["a", "b", "c", "d", "e", "f", "g"] })).toHaveLength(1);
    expect(draftProblems({ ...whole, reasons: ["a"], rationale: "x".repeat(MAX_RATIONALE + 1) })).toHaveLength(1);
  });
});

describe("staysBlind", () => {
  it("is lost by figures seen before, and by a change of mind after them", () => {
    expect(staysBlind({ verdict: "manipulated", is_blind: true }, "manipulated")).toBe(true);
    expect(staysBlind({ verdict: "manipulated", is_blind: false }, "manipulated")).toBe(false);
    expect(staysBlind({ verdict: "inconclusive", is_blind: true }, "manipulated")).toBe(false);
    expect(staysBlind({ verdict: "inconclusive", is_blind: true }, null)).toBe(false);
  });
});
