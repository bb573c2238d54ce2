import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { browserStore } from "@/lib/storage";
import { EMPTY_BALLOT, isUntouched } from "../ballot/ballot";
import type { Ballot } from "../ballot/ballot";
import { reduceHistory, startHistory } from "../ballot/ballot-history";
import type { HistoryAction } from "../ballot/ballot-history";
import { dropDraft, loadDraft, saveDraft, sweepDrafts } from "../ballot/draft-store";

const SAVE_AFTER_MS = 400;

export interface BallotDesk {
  ballot: Ballot;
  edit: (action: HistoryAction) => void;
  canUndo: boolean;
  canRedo: boolean;
  /** How the draft stands: untouched, being typed, kept on this device, or not storable here. */
  draft: "none" | "saving" | "saved" | "unsaved";
  /** Was there a draft of an earlier visit? */
  restored: boolean;
}

/** The ballot of one lease, with undo, and with a draft that survives a reload or a crash. */
export function useBallot(leaseId: string, isOpen: boolean): BallotDesk {
  const [stored] = useState(() => loadDraft(browserStore, leaseId));
  const [history, edit] = useReducer(reduceHistory, stored ?? EMPTY_BALLOT, startHistory);
  const [saved, setSaved] = useState<{ ballot: Ballot; ok: boolean } | null>(stored === null ? null : { ballot: stored, ok: true });
  const ballot = history.present;
  const unsaved = useRef<Ballot | null>(null);

  useEffect(() => sweepDrafts(browserStore, Date.now()), []);

  const flush = useCallback(() => {
    if (unsaved.current === null) return;
    const ok = saveDraft(browserStore, leaseId, unsaved.current, Date.now());
    setSaved({ ballot: unsaved.current, ok });
    unsaved.current = null;
  }, [leaseId]);

  useEffect(() => {
    if (!isOpen) {
      unsaved.current = null;
      return;
    }
    if (saved?.ballot === ballot || (saved === null && isUntouched(ballot))) return;
    unsaved.current = ballot;
    const timer = window.setTimeout(flush, SAVE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [ballot, saved, isOpen, flush]);

  // A page that is being closed or put to sleep has no 400 ms left.
  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);

  useEffect(() => {
    if (!isOpen) dropDraft(browserStore, leaseId);
  }, [isOpen, leaseId]);

  return useMemo(() => {
    const isSaved = saved?.ballot === ballot;
    const untouched = saved === null && isUntouched(ballot);
    return {
      ballot,
      edit,
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
      draft: untouched ? "none" : isSaved ? (saved.ok ? "saved" : "unsaved") : "saving",
      restored: stored !== null,
    };
  }, [ballot, history, saved, stored]);
}
