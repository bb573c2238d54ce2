import { describe, expect, it } from "vitest";
import type { Policy, PolicyField } from "@/lib/models";
import { changesOf, effectsOf, valueWords } from "./policy-words";

const theta: PolicyField = { name: "theta", title: "Certainty", help: "", kind: "probability", low: 0.8, high: 0.999, reach: "open_clips" };
const cap: PolicyField = { name: "cap", title: "Votes at most", help: "", kind: "count", low: 2, high: 50, reach: "new_clips" };
const version = (number: number, values: Record<string, number>): Policy => ({ version: number, values, created_at: "", created_by: null, reason: null });
const nothing = { clips: 10, published: 5, retire: {}, wait: 0, reopen: 0, dispute: 0, other: 0, not_yet: 0 };

describe("policies in words", () => {
  it("reads probabilities as percentages without rounding them away", () => {
    expect(valueWords(theta, 0.95)).toBe("95\u202F%");
    expect(valueWords(theta, 0.995)).toBe("99.5\u202F%");
    expect(valueWords(cap, 12)).toBe("12");
  });

  it("names what a version changed, and nothing for the first", () => {
    const [first, second] = [version(1, { theta: 0.95, cap: 12 }), version(2, { theta: 0.9, cap: 12 })];
    expect(changesOf([theta, cap], second, first)).toEqual(["Certainty: 95\u202F% \u2192 90\u202F%"]);
    expect(changesOf([theta, cap], first, undefined)).toEqual([]);
  });

  it("tells each effect with its number, and says that published verdicts stay", () => {
    expect(effectsOf(nothing)).toEqual([]);
    const effects = effectsOf({ ...nothing, retire: { manipulated: 1, inconclusive: 2 }, reopen: 1, dispute: 2, not_yet: 4 });
    expect(effects[0]).toBe("3 open clips would close at once: 1 as \u201Cmanipulated\u201D, 2 as \u201Cinconclusive\u201D.");
    expect(effects[1]).toContain("1 clip that is closing");
    expect(effects[2]).toBe("2 clips would come before moderators.");
    expect(effects[3]).toContain("never change");
  });
});
