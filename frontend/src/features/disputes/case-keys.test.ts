import { describe, expect, it } from "vitest";
import { caseCommandFor } from "./case-keys";

const stroke = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe("caseCommandFor", () => {
  it("chooses verdicts by number, on radios and buttons too", () => {
    expect(caseCommandFor(stroke("1"), "page")).toEqual({ kind: "verdict", index: 0 });
    expect(caseCommandFor(stroke("4"), "radio")).toEqual({ kind: "verdict", index: 3 });
    expect(caseCommandFor(stroke("5"), "page")).toBeNull();
  });
  it("never takes a key from somebody who types, but Ctrl+Enter", () => {
    for (const key of ["1", "n", "p", "/"]) expect(caseCommandFor(stroke(key), "typing")).toBeNull();
    expect(caseCommandFor(stroke("Enter", { ctrlKey: true }), "typing")).toEqual({ kind: "submit" });
    expect(caseCommandFor(stroke("Enter", { metaKey: true }), "typing")).toEqual({ kind: "submit" });
    expect(caseCommandFor(stroke("Enter"), "page")).toBeNull();
  });
  it("leaves the browser its own combinations", () => {
    for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) expect(caseCommandFor(stroke("n", held), "page")).toBeNull();
  });
});
