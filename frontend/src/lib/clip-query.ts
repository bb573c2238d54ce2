import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./api-client";
import type { Clip } from "./models";

const POLL_MS = 1500;
/** A score that has not come by then will not come while somebody watches. */
const PATIENCE_MS = 15 * 60_000;

/** Whether more of the clip's processing is still to be expected. */
export function isBeingPrepared(clip: Clip, nowMs: number): boolean {
  if (clip.state === "received" || clip.state === "processing") return true;
  return clip.state === "open" && !clip.steps.scored && nowMs - Date.parse(clip.uploaded_at) < PATIENCE_MS;
}

/** One clip; asked for again and again while it is being prepared. */
export function clipQuery(id: string) {
  return queryOptions({
    queryKey: ["clip", id],
    queryFn: () => unwrap<Clip>(api.GET("/api/v1/clips/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && isBeingPrepared(state.data, Date.now()) ? POLL_MS : false),
  });
}
