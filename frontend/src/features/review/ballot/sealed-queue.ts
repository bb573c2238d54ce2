import type { VoteIn } from "@/lib/models";
import { readJson } from "@/lib/storage";
import type { TextStore } from "@/lib/storage";

/** A vote sealed while the server could not be reached. Sending it twice is harmless: the server knows its body. */
export interface SealedVote {
  userId: number;
  leaseId: string;
  body: VoteIn;
  sealedAtMs: number;
}

const KEY = "clipjury.sealed";

function isSealedVote(value: unknown): value is SealedVote {
  if (typeof value !== "object" || value === null) return false;
  const { userId, leaseId, body } = value as Partial<SealedVote>;
  return typeof userId === "number" && typeof leaseId === "string" && typeof body === "object";
}

function readAll(store: TextStore): SealedVote[] {
  const stored = readJson(store, KEY);
  return Array.isArray(stored) ? stored.filter(isSealedVote) : [];
}

function writeAll(store: TextStore, votes: SealedVote[]): void {
  if (votes.length === 0) store.remove(KEY);
  else store.set(KEY, JSON.stringify(votes));
}

/** The votes of one user that still have to be sent, oldest first. */
export function waitingVotes(store: TextStore, userId: number): SealedVote[] {
  return readAll(store).filter((vote) => vote.userId === userId);
}

export function enqueueVote(store: TextStore, vote: SealedVote): void {
  writeAll(store, [...readAll(store).filter(({ leaseId }) => leaseId !== vote.leaseId), vote]);
}

export function dequeueVote(store: TextStore, leaseId: string): void {
  writeAll(store, readAll(store).filter((vote) => vote.leaseId !== leaseId));
}
