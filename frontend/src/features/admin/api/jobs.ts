import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import { cancelJob, retryJob } from "@/lib/jobs";
import type { Job, JobPage } from "@/lib/models";
import { given, useAdminAction } from "./administration";

export const isUnfinished = ({ state }: Pick<Job, "state">): boolean => state === "queued" || state === "running";

export function jobsQuery(state: Job["state"] | null) {
  return infiniteQueryOptions({
    queryKey: ["admin", "jobs", state],
    initialPageParam: null as string | null,
    getNextPageParam: (page: JobPage) => page.next_cursor,
    // A bar that moves while something is being done; otherwise new jobs appear soon enough.
    refetchInterval: (query) => (query.state.data?.pages.some(({ items }) => items.some(isUnfinished)) === true ? 1500 : 10_000),
    queryFn: ({ pageParam }) => unwrap<JobPage>(api.GET("/api/v1/jobs", { params: { query: given({ state, limit: 20, cursor: pageParam }) } })),
  });
}

export function useRetryJob() {
  return useAdminAction(retryJob);
}

export function useCancelJob() {
  return useAdminAction(cancelJob);
}

export const failedClipsQuery = queryOptions({
  queryKey: ["admin", "failed-clips"],
  refetchInterval: 10_000,
  queryFn: () => unwrap(api.GET("/api/v1/clips", { params: { query: { state: "failed", limit: 20 } } })),
});

export function useRetryClip() {
  return useAdminAction((id: string) => unwrap(api.POST("/api/v1/clips/{id}/retry", { params: { path: { id } } })));
}

export function useRetryClips() {
  return useAdminAction((failure_code: string) => unwrap(api.POST("/api/v1/operations/retry-clips", { body: { failure_code } })));
}
