import { useMemo, useSyncExternalStore } from "react";
import { evenTimes, isFrameTable } from "./frame-index";
import type { FrameTimes } from "./frame-index";
import { PlayerController } from "./player-controller";
import type { PlayerSnapshot } from "./player-controller";

/** What the player needs to know about a clip, whoever asks: a lease's alias or a clip seen openly. */
export interface PlayableClip {
  /** Changes when another clip is shown. */
  id: string;
  kind: "video" | "image";
  durationS: number | null;
  width: number;
  height: number;
  frames: number;
}

export interface Playback {
  player: PlayerController;
  /** False where the server's table of frame times was missing or broken, and times are only estimated. */
  exact: boolean;
}

/** One controller for one clip and its table of frame times. */
export function usePlayback(clip: PlayableClip, table: FrameTimes | null): Playback {
  const { id, frames, durationS } = clip;
  return useMemo(() => {
    const exact = table !== null && isFrameTable(table);
    const timesS = exact ? table : evenTimes(frames, durationS ?? frames / 25);
    return { player: new PlayerController(timesS, durationS), exact, id };
  }, [id, frames, durationS, table]);
}

/** One value of the player's state; the component draws again only when that value changes. */
export function usePlayerState<T extends string | number | boolean | null>(player: PlayerController, pick: (state: PlayerSnapshot) => T): T {
  return useSyncExternalStore(player.subscribe, () => pick(player.getSnapshot()));
}

export function usePlayerLoop(player: PlayerController): PlayerSnapshot["loop"] {
  return useSyncExternalStore(player.subscribe, () => player.getSnapshot().loop);
}
