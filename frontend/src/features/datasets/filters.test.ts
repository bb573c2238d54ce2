import { describe as group, expect, it } from "vitest";
import { contradiction, dayOf, dayStart, describe, isSame, numberOf, tidy, toggled } from "./filters";

group("tidy", () => {
  it("drops what asks nothing, and keeps a licence that must not be there", () => {
    expect(tidy({ outcomes: [], min_votes: null, include_simulated: false, has_licence: false, media: ["video"] })).toEqual({
      has_licence: false,
      media: ["video"],
    });
  });

  it("makes filters that mean the same equal", () => {
    expect(isSame({ outcomes: ["manipulated", "inconclusive"] }, { outcomes: ["inconclusive", "manipulated"], codecs: [] })).toBe(true);
    expect(isSame({}, { include_simulated: true })).toBe(false);
    expect(isSame({ min_votes: 0 }, {})).toBe(false);
  });
});

group("single answers", () => {
  it("toggles entries of a list", () => {
    expect(toggled(["a", "b"], "a", false)).toEqual(["b"]);
    expect(toggled(null, "a", true)).toEqual(["a"]);
    expect(toggled(["a"], "a", true)).toEqual(["a"]);
  });

  it("reads numbers, and nothing from what is none", () => {
    expect([".5", "1e1", "", "  ", "x", "Infinity"].map(numberOf)).toEqual([0.5, 10, null, null, null, null]);
  });

  it("brings a day there and back", () => {
    expect(dayOf(dayStart("2026-03-29"))).toBe("2026-03-29");
    expect(["", "2026-13-45", "today"].map(dayStart)).toEqual([null, null, null]);
    expect([null, undefined, "x"].map(dayOf)).toEqual(["", "", ""]);
  });
});

group("contradiction", () => {
  it.each([
    [{ p_people_min: 0.9, p_people_max: 0.1 }, true],
    [{ p_people_min: 1.5 }, true],
    [{ p_people_max: -0.1 }, true],
    [{ retired_since: "2026-02-01T00:00:00Z", retired_until: "2026-01-01T00:00:00Z" }, true],
    [{ p_people_min: 0.5, p_people_max: 0.5, uploaded_since: "2026-01-01T00:00:00Z" }, false],
    [{}, false],
  ])("judges %j", (filters, isWrong) => expect(contradiction(filters) !== null).toBe(isWrong));
});

group("describe", () => {
  it("says every filter in words, and nothing for none", () => {
    expect(describe({})).toEqual([]);
    expect(describe({ outcomes: ["manipulated"], p_people_min: 0.9, min_votes: 3, media: ["video"], include_simulated: true })).toEqual([
      "manipulated",
      "P by people from 0.9",
      "3 votes or more",
      "videos only",
      "simulated clips and votes too",
    ]);
  });
});
