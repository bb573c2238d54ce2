import { readJson } from "@/lib/storage";
import type { TextStore } from "@/lib/storage";
import { EMPTY_BALLOT } from "./ballot";
import type { Ballot } from "./ballot";

/**
 * Drafts live on the reviewer's own device only: the server must not know an answer before it is sealed.
 * One key a lease; old ones are swept, since a lease never lives that long.
 */
const PREFIX = "clipjury.draft.";
const KEEP_MS = 24 * 3_600_000;

interface StoredDraft {
  savedAtMs: number;
  ballot: Ballot;
}

function isStoredDraft(value: unknown): value is StoredDraft {
  if (typeof value !== "object" || value === null) return false;
  const { savedAtMs, ballot } = value as Partial<StoredDraft>;
  return typeof savedAtMs === "number" && typeof ballot === "object" && Array.isArray((ballot as Partial<Ballot>).segments);
}

export function saveDraft(store: TextStore, leaseId: string, ballot: Ballot, nowMs: number): boolean {
  return store.set(PREFIX + leaseId, JSON.stringify({ savedAtMs: nowMs, ballot } satisfies StoredDraft));
}

/** The draft of a lease; null when there is none or it is unreadable. */
export function loadDraft(store: TextStore, leaseId: string): Ballot | null {
  const stored = readJson(store, PREFIX + leaseId);
  return isStoredDraft(stored) ? { ...EMPTY_BALLOT, ...stored.ballot } : null;
}

export function dropDraft(store: TextStore, leaseId: string): void {
  store.remove(PREFIX + leaseId);
}

/** Removes drafts older than a day, and those nobody can read. */
export function sweepDrafts(store: TextStore, nowMs: number): void {
  for (const key of store.keys().filter((name) => name.startsWith(PREFIX))) {
    const stored = readJson(store, key);
    if (!isStoredDraft(stored) || nowMs - stored.savedAtMs > KEEP_MS) store.remove(key);
  }
}
