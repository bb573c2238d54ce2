import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { PublishedVerdict } from "@/lib/models";

/** Every verdict of a clip, the newest first. */
export function verdictsQuery(clipId: string) {
  return queryOptions({
    queryKey: ["verdicts", clipId],
    queryFn: async () =>
      (await unwrap<{ items: PublishedVerdict[] }>(api.GET("/api/v1/clips/{id}/verdicts", { params: { path: { id: clipId } } }))).items,
  });
}

/** Sends grounds against a verdict. */
export function useAppeal(clipId: string, verdictId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grounds: string) => unwrap(api.POST("/api/v1/verdicts/{id}/appeal", { params: { path: { id: verdictId } }, body: { grounds } })),
    onSettled: () => client.invalidateQueries({ queryKey: verdictsQuery(clipId).queryKey }),
  });
}
