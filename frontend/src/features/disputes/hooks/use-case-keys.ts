import { useEffect, useRef } from "react";
import { focusKindOf } from "@/player/shortcuts";
import { caseCommandFor } from "../case-keys";
import type { CaseCommand } from "../case-keys";

/** Turns key strokes on the case page into commands; nothing while a dialog is open. */
export function useCaseKeys(handler: (command: CaseCommand) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null) return;
      const command = caseCommandFor(event, focusKindOf(document.activeElement));
      if (command === null) return;
      event.preventDefault();
      latest.current(command);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
