import { describe, expect, it } from "vitest";
import { memoryStore } from "@/lib/storage";
import { EMPTY_BALLOT, toVoteIn } from "./ballot";
import { dequeueVote, enqueueVote, waitingVotes } from "./sealed-queue";

const body = toVoteIn({ ...EMPTY_BALLOT, label: "unsure" });

describe("votes sealed offline", () => {
  it("wait in order, each lease once, and only for the one who cast them", () => {
    const store = memoryStore();
    enqueueVote(store, { userId: 1, leaseId: "a", body, sealedAtMs: 1 });
    enqueueVote(store, { userId: 2, leaseId: "b", body, sealedAtMs: 2 });
    enqueueVote(store, { userId: 1, leaseId: "c", body, sealedAtMs: 3 });
    enqueueVote(store, { userId: 1, leaseId: "a", body, sealedAtMs: 4 });
    expect(waitingVotes(store, 1).map(({ leaseId }) => leaseId)).toEqual(["c", "a"]);
    dequeueVote(store, "c");
    dequeueVote(store, "a");
    dequeueVote(store, "b");
    expect(store.keys()).toEqual([]);
  });
  it("survive nonsense in the store", () => {
    expect(waitingVotes(memoryStore({ "clipjury.sealed": '[{"leaseId":3}, null]' }), 1)).toEqual([]);
    expect(waitingVotes(memoryStore({ "clipjury.sealed": "7" }), 1)).toEqual([]);
  });
});
