import { describe, expect, it } from "vitest";
import type { Drift } from "@/lib/models";
import { adviceWords, historyWords, windowWords } from "./drift-words";

type Report = NonNullable<Drift["report"]>;

const span = { count: 500, first_at: "2026-11-01T08:00:00Z", last_at: "2026-11-20T08:00:00Z" };
const windows = { basis: "calibration" as const, reference: span, recent: span };

function report(moved: Report["measures"][number]["name"][]): Report {
  const measures = (["scores", "disagreement", "abstention"] as const).map((name) => ({
    name,
    state: moved.includes(name) ? ("alert" as const) : ("steady" as const),
    value: 0.2,
    threshold: 0.1,
    because: "size" as const,
    reference: null,
    recent: null,
    low: null,
    high: null,
    reference_count: 500,
    recent_count: 500,
    sentence: "Words.",
  }));
  return { at: "2026-11-21T08:00:00Z", state: moved.length === 0 ? "steady" : "alert", clips: windows, closed_clips: windows, measures };
}

describe("what an alert asks for", () => {
  it("is nothing where nothing has moved", () => {
    expect(adviceWords(report([]))).toBeNull();
  });
  it("is new gold where the clips have changed", () => {
    expect(adviceWords(report(["scores"]))).toContain("Add gold from them");
  });
  it("is a look at the detector where it and people part", () => {
    expect(adviceWords(report(["scores", "disagreement"]))).toContain("take the version back");
  });
});

describe("what was compared", () => {
  it("says how many clips stood beside how many", () => {
    const words = windowWords(windows, "clips");
    expect(words).toContain("The newest 500 clips (since ");
    expect(words).toContain("beside 500 before its newest calibration.");
  });
  it("says when there is nothing yet", () => {
    expect(windowWords({ ...windows, basis: "first", recent: { count: 0, first_at: null, last_at: null } }, "clips")).toBe("No clips after the 500 clips that it met first.");
    const none = { count: 0, first_at: null, last_at: null };
    expect(windowWords({ basis: "first", reference: none, recent: none }, "clips")).toBe("There are no clips yet.");
  });
});

describe("the looks before", () => {
  const look = (state: "steady" | "alert") => ({ at: "2026-11-21T08:00:00Z", state });
  it("counts alerts", () => {
    expect(historyWords([look("alert")])).toBe("This was the first look.");
    expect(historyWords([look("steady"), look("steady")])).toBe("None of the last 2 looks alerted.");
    expect(historyWords([look("alert"), look("steady")])).toBe("1 of the last 2 looks alerted.");
  });
});
