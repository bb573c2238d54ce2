import { describe, expect, it } from "vitest";
import { concernWords, jobKind, stepWords, subjectPath, subjectWords } from "./words";

describe("words of the admin's pages", () => {
  it("counts what failed and says one job, not one jobs", () => {
    expect(concernWords("jobs_failed", 1).title).toBe("1 job failed");
    expect(concernWords("jobs_failed", 3).title).toBe("3 jobs failed");
  });

  it("spells out what it has never heard of", () => {
    expect(concernWords("moon_full", 0).title).toBe("moon full");
    expect(stepWords("brew_tea").title).toBe("brew tea");
    expect(jobKind("count_sheep")).toBe("Count sheep");
  });

  it("leads from a subject to its page, and from none that is odd", () => {
    expect(subjectPath("clip:0b0e7a12-0000-4000-8000-000000000000")).toBe("/clips/0b0e7a12-0000-4000-8000-000000000000");
    expect(subjectPath("policy:3")).toBe("/admin/policies");
    expect(subjectPath("user:unknown")).toBeNull();
    expect(subjectPath("clip:../../x")).toBeNull();
    expect(subjectPath("clip")).toBeNull();
  });

  it("shortens long ids only", () => {
    expect(subjectWords("clip:0b0e7a12-0000-4000-8000-000000000000")).toBe("clip 0b0e7a12");
    expect(subjectWords("user:unknown")).toBe("user unknown");
    expect(subjectWords("policy:3")).toBe("policy 3");
  });
});
