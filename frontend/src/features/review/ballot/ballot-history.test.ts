import { describe, expect, it } from "vitest";
import { EMPTY_BALLOT } from "./ballot";
import { reduceHistory, startHistory } from "./ballot-history";
import type { HistoryAction } from "./ballot-history";

const run = (...actions: HistoryAction[]) => actions.reduce(reduceHistory, startHistory(EMPTY_BALLOT));

describe("undo and redo", () => {
  it("walks back and forth over answers and marks", () => {
    const steps: HistoryAction[] = [{ type: "label", label: "manipulated" }, { type: "add_segment", segment: { start_frame: 1, end_frame: 2 } }];
    expect(run(...steps, { type: "undo" }).present).toMatchObject({ label: "manipulated", segments: [] });
    expect(run(...steps, { type: "undo" }, { type: "undo" }).present).toEqual(EMPTY_BALLOT);
    expect(run(...steps, { type: "undo" }, { type: "redo" }).present.segments).toHaveLength(1);
  });
  it("takes a run of typing back as one step", () => {
    const typed = run({ type: "label", label: "unsure" }, { type: "rationale", rationale: "a" }, { type: "rationale", rationale: "ab" });
    expect(reduceHistory(typed, { type: "undo" }).present).toMatchObject({ label: "unsure", rationale: "" });
  });
  it("does nothing at either end, and records nothing that changes nothing", () => {
    expect(run({ type: "undo" }).present).toEqual(EMPTY_BALLOT);
    expect(run({ type: "redo" }).present).toEqual(EMPTY_BALLOT);
    expect(run({ type: "label", label: "unsure" }, { type: "label", label: "unsure" }).past).toHaveLength(1);
  });
  it("forgets the undone future once something new is answered", () => {
    const forked = run({ type: "label", label: "unsure" }, { type: "undo" }, { type: "label", label: "authentic" }, { type: "redo" });
    expect(forked.present.label).toBe("authentic");
  });
});
