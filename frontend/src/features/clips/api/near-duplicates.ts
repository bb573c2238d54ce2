import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";

export function nearDuplicatesQuery(clipId: string) {
  return queryOptions({
    queryKey: ["near-duplicates", clipId],
    queryFn: () => unwrap(api.GET("/api/v1/clips/{id}/near-duplicates", { params: { path: { id: clipId } } })),
  });
}

/** Confirm or reject a pair; both clips' lists are asked for anew. */
export function useLikenessDecision() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, isConfirmed }: { id: string; isConfirmed: boolean }) => {
      const request = { params: { path: { id } }, body: { note: "" } };
      return unwrap(
        isConfirmed ? api.POST("/api/v1/near-duplicates/{id}/confirm", request) : api.POST("/api/v1/near-duplicates/{id}/reject", request),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["near-duplicates"] }),
  });
}
