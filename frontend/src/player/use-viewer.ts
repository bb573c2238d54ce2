import { useMemo } from "react";
import type { RefObject } from "react";
import type { FrameTimes } from "./frame-index";
import { runPlayerCommand } from "./player-actions";
import type { PlayerController } from "./player-controller";
import type { Command } from "./shortcuts";
import { usePlayback } from "./use-player";
import type { PlayableClip } from "./use-player";
import { useSize } from "./use-size";
import { useZoom } from "./use-zoom";
import type { Zoom } from "./use-zoom";
import { fitInto } from "./zoom";
import type { Size } from "./zoom";

/** Everything that belongs to showing one clip; made by the page, so that its keys and buttons can use it. */
export interface Viewer {
  clip: PlayableClip;
  player: PlayerController;
  /** False where frame times are only estimated. */
  exact: boolean;
  zoom: Zoom;
  roomRef: RefObject<HTMLDivElement | null>;
  stageSize: Size;
  /** Runs a command of playing or looking; false when it is none of those or does not fit this clip. */
  run: (command: Command) => boolean;
}

export function useViewer(clip: PlayableClip, table: FrameTimes | null): Viewer {
  const { player, exact } = usePlayback(clip, table);
  const [roomRef, room] = useSize<HTMLDivElement>();
  const { width, height } = clip;
  const stageSize = useMemo(() => fitInto({ width, height }, room), [width, height, room]);
  const zoom = useZoom(stageSize, clip.id);
  const run = (command: Command): boolean => {
    if (command === "zoom_in") zoom.zoomIn();
    else if (command === "zoom_out") zoom.zoomOut();
    else if (command === "zoom_whole") zoom.reset();
    else return clip.kind === "video" && runPlayerCommand(player, command);
    return true;
  };
  return { clip, player, exact, zoom, roomRef, stageSize, run };
}
