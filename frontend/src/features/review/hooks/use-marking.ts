import { useState } from "react";
import type { Region, SegmentIn } from "@/lib/models";
import type { PlayerController } from "@/player/player-controller";
import { markOut } from "../ballot/pending-mark";
import type { BallotDesk } from "./use-ballot";

export interface Marking {
  player: PlayerController;
  pendingStart: number | null;
  selected: number | null;
  isDrawing: boolean;
  /** Why the last key did nothing. */
  hint: string | null;
  markIn: () => void;
  markOut: () => void;
  /** Drops a begun range. False when none is begun. */
  dropPending: () => boolean;
  select: (index: number) => void;
  addSegment: (segment: SegmentIn) => void;
  changeSegment: (index: number, segment: SegmentIn) => void;
  removeSegment: (index: number) => void;
  toggleDrawing: () => void;
  addBox: (box: Omit<Region, "frame">) => void;
  /** The range that looping means: the chosen one, or the last. */
  loopRange: SegmentIn | null;
  toggleLoop: () => boolean;
}

const loopOf = ({ start_frame, end_frame }: SegmentIn) => ({ start: start_frame, end: end_frame });

/** Four decimals are a tenth of a pixel of a 1080p frame; cut, never rounded up past the picture's edge. */
const cut = (fraction: number) => Math.floor(fraction * 10_000) / 10_000;

/** Marking ranges and boxes, on top of the ballot that keeps them. */
export function useMarking(desk: BallotDesk, player: PlayerController, isVideo: boolean): Marking {
  const { edit } = desk;
  const { segments } = desk.ballot;
  const [pendingStart, setPendingStart] = useState<number | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isDrawing, setDrawing] = useState(false);
  const [hint, setHint] = useState<string | null>(null);
  const selected = chosen !== null && chosen < segments.length ? chosen : null;
  const loopRange = (selected === null ? segments.at(-1) : segments[selected]) ?? null;

  const addSegment = (segment: SegmentIn) => {
    edit({ type: "add_segment", segment });
    setPendingStart(null);
    setHint(null);
    // It will stand where its start sorts it.
    setChosen(segments.filter((other) => other.start_frame <= segment.start_frame).length);
    if (player.getSnapshot().loop !== null) player.setLoop(loopOf(segment));
  };

  const changeSegment = (index: number, segment: SegmentIn) => {
    edit({ type: "change_segment", index, segment });
    setChosen(index);
    if (player.getSnapshot().loop !== null) player.setLoop(loopOf(segment));
  };

  const select = (index: number) => {
    const segment = segments[index];
    if (segment === undefined) return;
    setChosen(index);
    player.pause();
    if (player.getSnapshot().loop === null) player.seekToFrame(segment.start_frame);
    else player.setLoop(loopOf(segment));
  };

  const endRange = () => {
    if (!isVideo) return;
    const result = markOut(player.hold(), pendingStart, segments, selected);
    if (result.kind === "add") addSegment(result.segment);
    else if (result.kind === "change") changeSegment(result.index, result.segment);
    else setHint("Begin a range first: press [ on its first frame.");
  };

  return {
    player,
    pendingStart,
    selected,
    isDrawing,
    hint,
    markIn: () => {
      if (!isVideo) return;
      setPendingStart(player.hold());
      setHint(null);
    },
    markOut: endRange,
    dropPending: () => {
      if (pendingStart === null && !isDrawing) return false;
      setPendingStart(null);
      setDrawing(false);
      return true;
    },
    select,
    addSegment,
    changeSegment,
    removeSegment: (index) => {
      edit({ type: "remove_segment", index });
      setChosen(null);
      player.setLoop(null);
    },
    toggleDrawing: () => {
      player.pause();
      setDrawing((old) => !old);
    },
    addBox: ({ x, y, width, height }) => {
      const frame = isVideo ? player.hold() : 0;
      edit({ type: "add_region", region: { frame, x: cut(x), y: cut(y), width: cut(width), height: cut(height) } });
      setDrawing(false);
    },
    loopRange,
    toggleLoop: () => {
      const isLooping = player.getSnapshot().loop !== null;
      if (!isLooping && loopRange === null) {
        setHint("Mark a range first; then it can be looped.");
        return false;
      }
      player.setLoop(isLooping || loopRange === null ? null : loopOf(loopRange));
      if (!isLooping) player.play();
      return true;
    },
  };
}
