import { describe, expect, it } from "vitest";
import { whoLooked } from "./who-looked";

const facts = { answers: { manipulated: 4, authentic: 1, unsure: 0, simulated: 0 }, detectors: { asked: 2, counted: 1 }, n_votes: 5, n_effective: 3.27 };

describe("who looked at a clip", () => {
  it("counts people, answers and detectors", () => {
    const told = whoLooked(facts).join(" ");
    expect(told).toContain("5 people looked");
    expect(told).toContain("4 said fake, 1 real, 0 could not tell");
    expect(told).toContain("worth 3.3 independent ones");
    expect(told).toContain("1 of 2 detectors");
    expect(told).not.toContain("programs");
  });

  it("says when answers are simulated, and when no detector had one", () => {
    const told = whoLooked({ ...facts, answers: { ...facts.answers, simulated: 5 }, detectors: { asked: 1, counted: 0 } }).join(" ");
    expect(told).toContain("All of these answers come from programs");
    expect(told).toContain("1 detector was asked and had no answer");
    expect(whoLooked({ ...facts, detectors: { asked: 0, counted: 0 } }).at(-1)).toBe("No detector was asked.");
  });
});
