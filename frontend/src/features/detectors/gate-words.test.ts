import { expect, test } from "vitest";
import { aucWords, gateWords, rateWords } from "./gate-words";

const FULL = { manipulated: 60, authentic: 50, wanted_of_each: 50, missing_manipulated: 0, missing_authentic: 0, comparisons: 3, many_comparisons: 20 };

test("a gate set that is large enough says so and nothing more", () => {
  expect(gateWords(FULL)).toBe("There are 60 manipulated and 50 authentic gate items; 50 of each are wanted.");
});

test("what is missing is named by label, with what follows from it", () => {
  const small = { ...FULL, manipulated: 47, authentic: 9, missing_manipulated: 3, missing_authentic: 41 };
  expect(gateWords(small)).toContain("Missing: 3 manipulated and 41 authentic. Until then no version can pass by itself.");
  expect(gateWords({ ...small, missing_manipulated: 0 })).toContain("Missing: 41 authentic.");
});

test("figures that were not measured are words", () => {
  expect(aucWords(null, null, null)).toBe("not measured");
  expect(aucWords(0.8, null, null)).toBe("0.800");
  expect(aucWords(0.8123, 0.7, 0.9)).toBe("0.812 (0.700 to 0.900)");
  expect([rateWords(null), rateWords(0.126)]).toEqual(["–", "13 %"]);
});
