import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { outcomeWord, strengthOf, verdictWords } from "./ladder";
import type { VerdictFacts } from "./ladder";

const facts = (change: Partial<VerdictFacts>): VerdictFacts => ({
  state: "retired", outcome: "manipulated", pManipulated: 0.97, interval: [0.93, 0.99], nVotes: 7, calibrated: true, ...change,
});

describe("strengthOf", () => {
  it.each([
    [0.5, true, "moderate"], [0.899, true, "moderate"], [0.9, true, "strong"], [0.979, true, "strong"], [0.98, true, "very strong"],
    [0.999, false, "moderate"],
  ] as const)("reads a cautious end of %d (calibrated: %s) as %s", (low, calibrated, words) => {
    expect(strengthOf(low, calibrated)).toBe(words);
  });
});

describe("verdictWords", () => {
  it("reads no strength off the figures where a moderator decided", () => {
    const words = verdictWords(facts({ isAdjudicated: true, outcome: "authentic", pManipulated: 0.99 }));
    expect(words).toMatchObject({ headline: "Authentic, by a moderator\u2019s decision", tone: "authentic" });
  });
  it("goes by the cautious end of the interval, not by the posterior", () => {
    expect(verdictWords(facts({ pManipulated: 0.995, interval: [0.7, 0.999] })).headline).toBe("Manipulated: moderate evidence");
    expect(verdictWords(facts({})).headline).toBe("Manipulated: strong evidence");
  });
  it("says why an uncalibrated installation stops at moderate", () => {
    const words = verdictWords(facts({ calibrated: false, interval: [0.99, 0.999] }));
    expect(words.headline).toBe("Manipulated: moderate evidence");
    expect(words.explanation).toContain("not yet calibrated");
  });
  it("never turns votes into authenticity", () => {
    const words = verdictWords(facts({ outcome: "no_manipulation_found", pManipulated: 0.01, interval: [0, 0.02], nVotes: 12 }));
    expect(words.headline).toBe("No manipulation found by 12 reviewers");
    expect(words.headline).not.toContain("uthentic");
    expect(words.explanation).toContain("not the same as authentic");
  });
  it("counts a single reviewer as one", () => {
    expect(verdictWords(facts({ outcome: "no_manipulation_found", nVotes: 1 })).headline).toBe("No manipulation found by 1 reviewer");
  });
  it("gives an open clip no verdict", () => {
    for (const state of ["open", "closing", "processing", "failed", "received"] as const) {
      expect(verdictWords(facts({ state, outcome: null })).headline).toBe("Still being judged");
    }
  });
});

describe("outcomeWord", () => {
  it("reads outcomes it does not know as words", () => {
    expect(outcomeWord("inconclusive")).toBe("Inconclusive");
    expect(outcomeWord("under_appeal")).toBe("under appeal");
  });
});

/** The server words public pages by a ladder of its own; both are held to these cases. */
interface GoldenCase {
  outcome: "manipulated" | "no_manipulation_found" | "inconclusive" | "authentic";
  low: number;
  n_votes: number;
  calibrated: boolean;
  headline: string;
}
const golden = JSON.parse(readFileSync("../tests/golden/ladder.json", "utf8")) as GoldenCase[];

describe("the ladder that the server has too", () => {
  it.each(golden)("says $headline of $outcome at $low", ({ outcome, low, n_votes: nVotes, calibrated, headline }) => {
    expect(verdictWords(facts({ outcome, interval: [low, 1], nVotes, calibrated })).headline).toBe(headline);
  });
});
