import { describe, expect, it } from "vitest";
import { actionsFor, movedWords } from "./version-words";

const guard = { clips: 200, flipped: 0, flipped_share: 0, furthest: 0.31, mean_shift: 0.0123, reason: null };

describe("movedWords", () => {
  it("says what moved", () => {
    expect(movedWords({ guard, gold_answers: 40 })).toContain("no label changed");
    expect(movedWords({ guard, gold_answers: 40 })).toContain("0.012 on average and by 0.31 at most");
    expect(movedWords({ guard: { ...guard, flipped: 1, flipped_share: 0.05 }, gold_answers: 40 })).toContain("1 label changed");
  });
  it("has words for a beginning", () => {
    expect(movedWords({ guard: null, gold_answers: 0 })).toContain("beginning");
    expect(movedWords({ guard: null, gold_answers: 20 })).toContain("older than the guard");
    expect(movedWords({ guard: { ...guard, clips: 0 }, gold_answers: 40 })).toContain("No clip");
  });
});

describe("actionsFor", () => {
  it.each([["active", false, false], ["pending", false, false], ["frozen", true, true], ["discarded", false, false], ["superseded", true, false]] as const)(
    "knows what can be done with a version that is %s", (state, activate, discard) => expect(actionsFor(state)).toEqual({ activate, discard }),
  );
});
