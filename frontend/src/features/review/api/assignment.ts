import { queryOptions } from "@tanstack/react-query";
import { api, unwrap, unwrapMaybe } from "@/lib/api-client";
import type { Lease } from "@/lib/models";
import { clockOffsetMs } from "../ballot/lease-clock";
import { sendWaitingVotes } from "./cast-vote";

/** A lease with the difference between the server's clock and ours. */
export interface TimedLease extends Lease {
  offsetMs: number;
}

export function timed(lease: Lease): TimedLease {
  return { ...lease, offsetMs: clockOffsetMs(lease.server_time, Date.now()) };
}

/**
 * The lease of one round of one visit. Asking is safe to repeat: the server gives the live lease again.
 * Votes still waiting from an offline time go first, or the server would hand out the same clip again.
 */
export function assignmentQuery(userId: number, visit: number, round: number) {
  return queryOptions({
    queryKey: ["assignment", visit, round],
    staleTime: Infinity,
    gcTime: 600_000,
    queryFn: async (): Promise<TimedLease | null> => {
      await sendWaitingVotes(userId);
      const lease = await unwrapMaybe<Lease>(api.POST("/api/v1/assignments"));
      return lease === null ? null : timed(lease);
    },
  });
}

/** Per-frame times of a lease's preview. */
export function leaseFramesQuery(leaseId: string) {
  return queryOptions({
    queryKey: ["lease-frames", leaseId],
    staleTime: Infinity,
    gcTime: 600_000,
    queryFn: async () => (await unwrap(api.GET("/api/v1/leases/{id}/frames", { params: { path: { id: leaseId } } }))).times_s,
  });
}

export async function renewAssignment(leaseId: string): Promise<TimedLease> {
  return timed(await unwrap(api.POST("/api/v1/assignments/{id}/renew", { params: { path: { id: leaseId } } })));
}
