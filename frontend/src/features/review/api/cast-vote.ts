import { api, unwrap } from "@/lib/api-client";
import { ApiError } from "@/lib/api-error";
import type { Vote, VoteIn } from "@/lib/models";
import { browserStore } from "@/lib/storage";
import { dropDraft } from "../ballot/draft-store";
import { dequeueVote, waitingVotes } from "../ballot/sealed-queue";

export function castVote(leaseId: string, body: VoteIn): Promise<Vote> {
  return unwrap<Vote>(api.POST("/api/v1/assignments/{id}/vote", { params: { path: { id: leaseId } }, body }));
}

/** Whether an answer is final: sending the same vote again cannot change it. */
export function isFinal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && ![401, 408, 429].includes(error.status);
}

/**
 * Sends what was sealed while the server could not be reached. What it finally refuses (the lease ran out
 * meanwhile, say) is given up; what fails for now stays for the next try. Throws nothing.
 */
export async function sendWaitingVotes(userId: number): Promise<void> {
  for (const { leaseId, body } of waitingVotes(browserStore, userId)) {
    try {
      await castVote(leaseId, body);
    } catch (error) {
      if (!isFinal(error)) return;
    }
    dequeueVote(browserStore, leaseId);
    dropDraft(browserStore, leaseId);
  }
}
