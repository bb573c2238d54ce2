import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { ReportIn } from "@/lib/models";

/** What is reported: a clip by its id, or the clip of a lease by the lease's. */
export type ReportTarget = { kind: "clip" | "lease"; id: string };

export function useReport({ kind, id }: ReportTarget) {
  return useMutation({
    mutationFn: (body: ReportIn) => {
      const request = { params: { path: { id } }, body };
      return unwrap(kind === "clip" ? api.POST("/api/v1/clips/{id}/report", request) : api.POST("/api/v1/assignments/{id}/report", request));
    },
  });
}
