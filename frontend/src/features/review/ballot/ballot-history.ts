import { applyEdit } from "./ballot";
import type { Ballot, BallotEdit } from "./ballot";

/** A ballot with what it was before and after, for undo and redo. */
export interface BallotHistory {
  present: Ballot;
  past: Ballot[];
  future: Ballot[];
  /** Kind of the last edit: a run of typing or sliding counts as one step. */
  lastType: BallotEdit["type"] | null;
}

export type HistoryAction = BallotEdit | { type: "undo" } | { type: "redo" };

const MAX_STEPS = 100;
const RUNS: BallotEdit["type"][] = ["rationale", "confidence", "nudge_confidence"];

export function startHistory(present: Ballot): BallotHistory {
  return { present, past: [], future: [], lastType: null };
}

function undo(history: BallotHistory): BallotHistory {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return { present: previous, past: history.past.slice(0, -1), future: [history.present, ...history.future], lastType: null };
}

function redo(history: BallotHistory): BallotHistory {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { present: next, past: [...history.past, history.present], future, lastType: null };
}

export function reduceHistory(history: BallotHistory, action: HistoryAction): BallotHistory {
  if (action.type === "undo") return undo(history);
  if (action.type === "redo") return redo(history);
  const present = applyEdit(history.present, action);
  if (present === history.present) return history;
  const continues = history.lastType === action.type && RUNS.includes(action.type);
  const past = continues ? history.past : [...history.past, history.present].slice(-MAX_STEPS);
  return { present, past, future: [], lastType: action.type };
}
