import { describe, expect, it } from "vitest";
import { labelsUrl } from "./download-url";

describe("labelsUrl", () => {
  it("asks for everything without a day", () => {
    expect(labelsUrl("csv", "")).toBe("/api/v1/labels?format=csv");
  });
  it("sends the day's local midnight as a moment with a time zone", () => {
    const since = new URL(labelsUrl("jsonl", "2026-05-01"), "http://x").searchParams.get("since");
    expect(since).toMatch(/Z$/);
    expect(new Date(since ?? "").getTime()).toBe(new Date(2026, 4, 1).getTime());
  });
  it("leaves out a day that is none", () => {
    expect(labelsUrl("csv", "soon")).toBe("/api/v1/labels?format=csv");
    expect(labelsUrl("csv", "2026-13-45")).toBe("/api/v1/labels?format=csv");
  });
});
