import type { FocusKind } from "@/player/shortcuts";

export type CaseCommand = { kind: "verdict"; index: number } | { kind: "next_range" } | { kind: "previous_range" } | { kind: "rationale" } | { kind: "submit" };

interface CaseStroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Keys of the case page beside the player's; none acts while somebody types, but Ctrl+Enter, which sends. */
export function caseCommandFor({ key, ctrlKey, metaKey, altKey }: CaseStroke, focus: FocusKind): CaseCommand | null {
  if ((ctrlKey || metaKey) && key === "Enter") return { kind: "submit" };
  if (ctrlKey || metaKey || altKey || focus === "typing") return null;
  if (/^[1-4]$/.test(key)) return { kind: "verdict", index: Number(key) - 1 };
  if (key === "n") return { kind: "next_range" };
  if (key === "p") return { kind: "previous_range" };
  return key === "/" ? { kind: "rationale" } : null;
}
