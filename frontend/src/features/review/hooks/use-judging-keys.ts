import type { ResponseLabel } from "@/lib/models";
import type { Command } from "@/player/shortcuts";
import { useShortcuts } from "@/player/use-shortcuts";
import type { Viewer } from "@/player/use-viewer";
import type { BallotDesk } from "./use-ballot";
import type { Marking } from "./use-marking";

export type JudgingDialog = "seal" | "skip" | "report" | "keys" | null;

interface JudgingKeys {
  enabled: boolean;
  viewer: Viewer;
  desk: BallotDesk;
  marking: Marking;
  /** The ballot can still be changed. */
  isAnswering: boolean;
  isSealed: boolean;
  onSeal: () => void;
  onNext: () => void;
  onDialog: (dialog: JudgingDialog) => void;
}

const LABELS: Partial<Record<Command, ResponseLabel>> = {
  label_manipulated: "manipulated",
  label_authentic: "authentic",
  label_unsure: "unsure",
};

function focusOn(id: string): boolean {
  const element = document.getElementById(id);
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return element !== null;
}

function runMark(command: Command, { viewer, marking }: JudgingKeys): boolean {
  const isVideo = viewer.clip.kind === "video";
  if (command === "mark_in" && isVideo) marking.markIn();
  else if (command === "mark_out" && isVideo) marking.markOut();
  else if (command === "toggle_loop" && isVideo) marking.toggleLoop();
  else if (command === "draw_region") marking.toggleDrawing();
  else return false;
  return true;
}

function runAnswer(command: Command, keys: JudgingKeys): boolean {
  const { desk, marking } = keys;
  const label = LABELS[command];
  if (label !== undefined) desk.edit({ type: "label", label });
  else if (command === "confidence_up") desk.edit({ type: "nudge_confidence", direction: 1 });
  else if (command === "confidence_down") desk.edit({ type: "nudge_confidence", direction: -1 });
  else if (command === "undo") {
    if (!marking.dropPending()) desk.edit({ type: "undo" });
  } else if (command === "redo") desk.edit({ type: "redo" });
  else if (command === "focus_kinds") return focusOn("first-kind");
  else if (command === "focus_rationale") return focusOn("rationale");
  else if (command === "open_skip") keys.onDialog("skip");
  else if (command === "seal") keys.onSeal();
  else return runMark(command, keys);
  return true;
}

/** The whole keyboard of the workstation. */
export function useJudgingKeys(keys: JudgingKeys): void {
  useShortcuts(keys.enabled, (command) => {
    if (command === "show_keys") {
      keys.onDialog("keys");
      return true;
    }
    if (keys.viewer.run(command)) return true;
    if (keys.isSealed && (command === "next_clip" || command === "seal")) {
      keys.onNext();
      return true;
    }
    return keys.isAnswering && runAnswer(command, keys);
  });
}
