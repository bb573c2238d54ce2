import { describe, expect, it } from "vitest";
import { memoryStore } from "@/lib/storage";
import { EMPTY_BALLOT } from "./ballot";
import { dropDraft, loadDraft, saveDraft, sweepDrafts } from "./draft-store";

const DAY_MS = 24 * 3_600_000;

describe("drafts", () => {
  it("come back for their own lease and for no other", () => {
    const store = memoryStore();
    const ballot = { ...EMPTY_BALLOT, label: "manipulated" as const, rationale: "jaw line" };
    saveDraft(store, "one", ballot, 0);
    expect(loadDraft(store, "one")).toEqual(ballot);
    expect(loadDraft(store, "two")).toBeNull();
    dropDraft(store, "one");
    expect(loadDraft(store, "one")).toBeNull();
  });
  it("are ignored when somebody else wrote nonsense there", () => {
    expect(loadDraft(memoryStore({ "clipjury.draft.x": "{oops" }), "x")).toBeNull();
    expect(loadDraft(memoryStore({ "clipjury.draft.x": '{"savedAtMs":1}' }), "x")).toBeNull();
  });
  it("fill in what an older version of the page did not store", () => {
    const store = memoryStore({ "clipjury.draft.x": JSON.stringify({ savedAtMs: 1, ballot: { segments: [], label: "unsure" } }) });
    expect(loadDraft(store, "x")).toEqual({ ...EMPTY_BALLOT, label: "unsure" });
  });
  it("are swept after a day, and nothing else is", () => {
    const store = memoryStore({ "clipjury.settings": "kept" });
    saveDraft(store, "old", EMPTY_BALLOT, 0);
    saveDraft(store, "new", EMPTY_BALLOT, DAY_MS);
    sweepDrafts(store, DAY_MS + 1);
    expect(store.keys().sort()).toEqual(["clipjury.draft.new", "clipjury.settings"]);
  });
});
