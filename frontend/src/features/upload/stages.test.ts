import { describe, expect, it } from "vitest";
import type { ClipState } from "@/lib/models";
import { stagesOf, stateLine } from "./stages";

const clip = (state: ClipState, done: string) => ({
  state, steps: { probed: done.includes("p"), preview: done.includes("v"), thumbnails: done.includes("v"), scored: done.includes("s") },
});
const statuses = (state: ClipState, done: string) => stagesOf(clip(state, done)).map(({ status }) => status).join(" ");

describe("stagesOf", () => {
  it("moves on one stage after the other", () => {
    expect(statuses("received", "")).toBe("done now ahead ahead ahead");
    expect(statuses("processing", "p")).toBe("done done now ahead ahead");
    expect(statuses("open", "pvs")).toBe("done done done done done");
  });
  it("lets the detectors overtake the preview", () => {
    expect(statuses("processing", "ps")).toBe("done done now done ahead");
  });
  it("stops where the file failed", () => {
    expect(statuses("failed", "p")).toBe("done done failed ahead ahead");
  });
  it("says In the queue only of clips that are", () => {
    const says = (state: ClipState) => stagesOf(clip(state, "pvs")).some(({ name }) => name === "In the queue");
    expect((["received", "processing", "failed", "open", "closing", "retired"] as const).map(says)).toEqual([false, false, false, true, true, true]);
  });
});

describe("stateLine", () => {
  it("names what is being done now", () => {
    expect(stateLine(clip("received", ""))).toBe("Looking into the file");
    expect(stateLine(clip("processing", "pv"))).toBe("Detectors are looking");
    expect([stateLine(clip("open", "pv")), stateLine(clip("failed", "p")), stateLine(clip("retired", "pvs"))]).toEqual(["Reviewers can judge it now", "Cannot be judged", "Judged and closed"]);
  });
});
