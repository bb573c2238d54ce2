import { describe, expect, it } from "vitest";
import { conditionWords, goldWords, worthWords } from "./calibration-words";

const row = {
  kind: "video",
  items: 60,
  abstained: 4,
  manipulated: 28,
  authentic: 28,
  groups: 50,
  line: { intercept: 0, slope: 0.8, lowest: 0.2, highest: 12.4 },
  ece: 0.1,
  brier: 0.2,
  cllr: 0.8,
  cllr_min: 0.7,
  conditions: [],
};

describe("lines by a condition", () => {
  const band = { band: "strong", manipulated: 9, authentic: 9, line: row.line, ece: 0.1, brier: 0.2, cllr: 0.8 };
  const tried = { condition: "compression" as const, is_used: true, gain: 0.04, gain_sd: 0.01, ece: 0.1, brier: 0.2, cllr: 0.76, bands: [band, { ...band, band: "light" }] };
  it("say what they gain and whether they are used", () => {
    expect(conditionWords(tried)).toBe("A line for each compression (strong, light): Cllr lower by 0.040 (standard error 0.010); used.");
    expect(conditionWords({ ...tried, condition: "face_size" })).toContain("A line for each face size (strong");
    expect(conditionWords({ ...tried, gain: -0.002, is_used: false })).toContain("higher by 0.002");
  });
});

describe("what a score is worth", () => {
  it("says how far it can speak on either side", () => {
    expect(worthWords(row, 25)).toBe("A score is at most 12 times as likely on manipulated clips as on authentic ones, or 5.0 times the other way round.");
  });
  it("says when it was found to say nothing", () => {
    expect(worthWords({ ...row, line: { intercept: 0, slope: 0, lowest: 1, highest: 1 } }, 25)).toContain("move no posterior");
  });
  it("says when it ranks in reverse", () => {
    expect(worthWords({ ...row, line: { ...row.line, slope: -1 } }, 25)).toContain("in reverse");
  });
  it("says what is missing", () => {
    expect(worthWords({ ...row, line: null, authentic: 3 }, 25)).toContain("28 manipulated and 3 authentic");
  });
});

describe("the gold at hand", () => {
  const none = { at: null, kinds: [], gold: [], wanted_of_each: 25, job_id: null };
  it("asks for it where there is none", () => {
    expect(goldWords(none)).toContain("Add at least 25");
  });
  it("counts it by kind", () => {
    expect(goldWords({ ...none, gold: [{ kind: "image", manipulated: 3, authentic: 4 }] })).toContain("3 manipulated and 4 authentic (image)");
  });
});
