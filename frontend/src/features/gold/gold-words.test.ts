import { describe, expect, it } from "vitest";
import type { GoldCount } from "@/lib/models";
import { needOf, promotionWords, stockOf } from "./gold-words";

const NEEDS = { first_leases: 20, first_gold: 5, gate_per_label: 50, calibrate_in_all: 50 };
const row = (role: GoldCount["role"], label: GoldCount["label"], clips: number, synthetic = 0): GoldCount => ({ role, label, clips, synthetic, servable: clips });

describe("stockOf", () => {
  it("adds up one role and leaves the others out", () => {
    const counts = [row("gate", "authentic", 3, 1), row("gate", "manipulated", 4), row("serve", "authentic", 9)];
    expect(stockOf("gate", counts)).toEqual({ authentic: 3, manipulated: 4, total: 7, synthetic: 1, servable: 7 });
    expect(stockOf("calibrate", counts).total).toBe(0);
  });
});

describe("needOf", () => {
  it.each([
    ["gate", [row("gate", "authentic", 80)], 0.5],
    ["gate", [row("gate", "authentic", 80), row("gate", "manipulated", 50)], 1],
    ["calibrate", [row("calibrate", "authentic", 25)], 0.5],
    ["serve", [row("serve", "authentic", 30)], 0.5],
    ["serve", [row("serve", "authentic", 3), row("serve", "manipulated", 2)], 1],
    ["serve", [], 0],
  ] as const)("measures what is there for %s", (role, counts, met) => {
    expect(needOf(role, stockOf(role, counts), NEEDS).met).toBe(met);
  });
});

describe("promotionWords", () => {
  it("counts what became gold and says why the rest did not", () => {
    expect(promotionWords(1, {})).toBe("1 decision is gold now.");
    expect(promotionWords(3, { clip_is_gold: 2, other: 1 })).toBe("3 decisions are gold now. 2 were gold already. 1 could not be used.");
  });
});
