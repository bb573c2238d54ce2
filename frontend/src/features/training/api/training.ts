import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

const POLL_MS = 1000;

/** Whether a job with this state still has something to do. */
export function isUnfinished(state: string): boolean {
  return state === "queued" || state === "running";
}

/** The runs; asked again every second while one of them works. */
export const trainingRunsQuery = queryOptions({
  queryKey: ["training-runs"],
  staleTime: 0,
  queryFn: () => unwrap(api.GET("/api/v1/training-runs")),
  refetchInterval: ({ state }) => (state.data?.items.some((run) => isUnfinished(run.state)) === true ? POLL_MS : false),
});

export interface NewRun {
  snapshot_id: string;
  detector: string;
  base_version_id: number | null;
  seed: number;
  steps: number | null;
}

/** Chosen by the size of the snapshot. */
const BY_SIZE = { batch: null, learning_rate: null, frames: null, evaluate_every: null, patience: null, budget_minutes: null };

export function startRun({ steps, ...run }: NewRun) {
  return unwrap(api.POST("/api/v1/training-runs", { body: { ...run, parameters: { ...BY_SIZE, steps } } }));
}
