import { useEffect, useRef } from "react";
import type { MouseEvent as ReactMouseEvent } from "react";
import { commandFor, focusKindOf } from "./shortcuts";
import type { Command } from "./shortcuts";

/** A command's work; false means that there was nothing to do, and the key keeps its usual effect. */
export type CommandHandler = (command: Command) => boolean;

/**
 * Turns key strokes anywhere on the page into commands. Does nothing while `enabled` is false, while a dialog
 * or menu is open, and for keys that the focused control needs itself.
 */
export function useShortcuts(enabled: boolean, handler: CommandHandler): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isOverlayOpen()) return;
      const stroke = {
        key: event.key,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        altKey: event.altKey,
        shiftKey: event.shiftKey,
        altGraph: event.getModifierState("AltGraph"),
      };
      const command = commandFor(stroke, focusKindOf(document.activeElement));
      if (command !== null && latest.current(command)) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}

function isOverlayOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
}

/**
 * Gives the keyboard back to the page after a button, chip or slider inside `element` was pressed with a
 * pointer: otherwise Space would press it again instead of playing. Keyboard and screen reader users, whose
 * clicks carry no pointer, keep their focus.
 */
export function releasePointerFocus(event: ReactMouseEvent<HTMLElement>): void {
  if (event.detail === 0) return;
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !event.currentTarget.contains(active)) return;
  const kind = focusKindOf(active);
  if (kind !== "page" && kind !== "typing") active.blur();
}
