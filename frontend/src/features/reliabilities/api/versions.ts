import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ReliabilityVersion } from "@/lib/models";

const WATCH_MS = 5000;

/** Versions, newest first; asked again while clips still follow the active one. */
export const versionsQuery = queryOptions({
  queryKey: ["reliability-versions"],
  queryFn: () => unwrap(api.GET("/api/v1/reliability-versions")),
  refetchInterval: ({ state }) => ((state.data?.clips_to_follow ?? 0) > 0 ? WATCH_MS : false),
});

export type VersionAction = "activate" | "discard";

interface VersionDecision {
  action: VersionAction;
  version: number;
  reason: string;
}

export function useDecideVersion() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, version, reason }: VersionDecision) => {
      const given = { params: { path: { id: version } }, body: { reason } };
      return unwrap<ReliabilityVersion>(
        action === "activate" ? api.POST("/api/v1/reliability-versions/{id}/activate", given) : api.POST("/api/v1/reliability-versions/{id}/discard", given),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: versionsQuery.queryKey }),
  });
}
