import { useEffect } from "react";
import type { PlayerController } from "@/player/player-controller";

/** The frame that an address asks for, as in `?frame=217`; null for none, or for what is no frame. */
export function startFrameOf(query: string | null, frames: number): number | null {
  if (query === null || !/^\d{1,9}$/.test(query)) return null;
  const frame = Number(query);
  return frame < frames ? frame : null;
}

/** Shows `frame` once the player can show anything at all. */
export function useStartFrame(player: PlayerController, frame: number | null): void {
  useEffect(() => {
    if (frame === null) return undefined;
    let isDone = false;
    const seek = () => {
      if (isDone || !player.getSnapshot().ready) return;
      isDone = true;
      player.seekToFrame(frame);
    };
    const stop = player.subscribe(seek);
    seek();
    return stop;
  }, [player, frame]);
}
