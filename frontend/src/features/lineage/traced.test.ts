import { describe, expect, it } from "vitest";
import { heldWords, parseTraced, taughtWords } from "./traced";

const ID = "0b0e7a12-1111-4222-8333-444455556666";
const row = { dataset_id: ID, dataset_name: "Spring", snapshot_id: ID, sequence: 1, frozen_at: "2026-11-20T08:00:00Z", clips: 3, learned_from: 2, decided: 0 };

describe("what is traced", () => {
  it("is an account by its number", () => {
    expect(parseTraced(" 12 ")).toEqual({ kind: "reviewer", id: 12 });
  });
  it("is a clip by its id or its address", () => {
    expect(parseTraced(ID.toUpperCase())).toEqual({ kind: "clip", id: ID });
    expect(parseTraced(`https://jury.example.org/clips/${ID}`)).toEqual({ kind: "clip", id: ID });
  });
  it("is nothing else", () => {
    expect(parseTraced("")).toBeNull();
    expect(parseTraced("12 and 13")).toBeNull();
  });
});

describe("what a snapshot holds", () => {
  it("counts clips of an account", () => {
    expect(heldWords(row, { kind: "reviewer", id: 1 })).toBe("3 clips with votes of this account, 2 of them to learn from.");
    expect(heldWords({ ...row, decided: 1 }, { kind: "reviewer", id: 1 })).toContain("1 clip of these were decided blind");
  });
  it("says whether a model learns from a clip", () => {
    expect(heldWords(row, { kind: "clip", id: ID })).toBe("A model learns from it.");
    expect(heldWords({ ...row, learned_from: 0, decided: 1 }, { kind: "clip", id: ID })).toContain("no model learns from it. It was decided blind");
  });
});

it("says how a version came by it", () => {
  const version = { id: 1, detector: "d", version: "1", state: "active" as const, created_at: "2026-11-20T08:00:00Z", generation: 0, snapshot_ids: [] };
  expect(taughtWords(version)).toBe("trained on it");
  expect(taughtWords({ ...version, generation: 2 })).toBe("trained from a version that was");
});
