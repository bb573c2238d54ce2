import { describe, expect, it } from "vitest";
import { percent } from "@/lib/format";
import { skillWords } from "./skill-words";

const skill = (change: object) => ({ value: 0.71, low: 0.58, high: 0.82, gold_answers: 14, anchored: true, synthetic_only: false, ...change });

describe("skillWords", () => {
  it("gives no figure before there is enough gold", () => {
    const words = skillWords(skill({ anchored: false, gold_answers: 1 }));
    expect(words.headline).toBe("Not yet known: 1 gold answer so far");
    expect(words.headline + words.explanation).not.toContain("%");
    expect(words.explanation).toContain("5 clips of known truth");
  });
  it("says what is missing when there are enough, but of one truth only", () => {
    expect(skillWords(skill({ anchored: false, gold_answers: 7 })).explanation).toContain("two of each kind");
  });
  it("gives the figure with its doubt", () => {
    const words = skillWords(skill({}));
    expect(words.headline).toBe("Right about 71 times in 100");
    expect(words.explanation).toContain("14 gold answers");
    expect(words.explanation).toContain(`${percent(0.58)} to ${percent(0.82)}`);
  });
  it("quotes no range where all gold was drawn", () => {
    const words = skillWords(skill({ synthetic_only: true, low: null, high: null }));
    expect(words.headline).toBe("Right about 71 times in 100 on drawn clips");
    expect(words.explanation).toContain("no range");
    expect(words.explanation).not.toContain("%");
  });
  it.each([[0.58, 0.82, "better than guessing"], [0.4, 0.7, "cannot be told from guessing"], [0.2, 0.45, "worse than guessing"]])(
    "reads an interval from %d to %d as %s", (low, high, words) => expect(skillWords(skill({ low, high })).explanation).toContain(words),
  );
});
