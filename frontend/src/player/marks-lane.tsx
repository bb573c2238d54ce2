import { useRef, useState } from "react";
import type { PointerEvent, ReactElement } from "react";
import type { SegmentIn } from "@/lib/models";
import { frameEndS, axisLengthS } from "./frame-index";
import type { PlayerController } from "./player-controller";
import { frameUnder, placeOf } from "./time-axis";
import styles from "./time-axis.module.css";
import { usePlayerState } from "./use-player";

interface MarksLaneProps {
  player: PlayerController;
  segments: SegmentIn[];
  selected: number | null;
  /** Where a range has been begun and not yet ended. */
  pendingStart: number | null;
  onSelect: (index: number) => void;
  onAdd: (segment: SegmentIn) => void;
  onChange: (index: number, segment: SegmentIn) => void;
}

const EDGE_PX = 9;
const DRAG_PX = 4;

type Grip = { part: "new"; from: number } | { part: "start" | "end" | "body"; index: number };

function ordered(a: number, b: number): SegmentIn {
  return { start_frame: Math.min(a, b), end_frame: Math.max(a, b) };
}

function barStyle(player: PlayerController, { start_frame, end_frame }: SegmentIn): { left: string; width: string } {
  const left = placeOf(player, start_frame);
  const right = frameEndS(player.timesS, end_frame, player.durationS) / axisLengthS(player.timesS, player.durationS);
  return { left: `${left * 100}%`, width: `${(right - left) * 100}%` };
}

function Pending({ player, start }: { player: PlayerController; start: number }): ReactElement {
  const frame = usePlayerState(player, (state) => state.frame);
  return <div className={styles.pending} style={barStyle(player, ordered(start, frame))} aria-hidden />;
}

/** Which part of which bar a press takes hold of; an empty place begins a new range. */
function gripOf(event: PointerEvent<HTMLElement>, frame: number): Grip {
  const bar = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-segment]") : null;
  if (bar === null) return { part: "new", from: frame };
  const box = bar.getBoundingClientRect();
  const index = Number(bar.dataset.segment);
  const edge = Math.min(EDGE_PX, box.width / 3);
  if (event.clientX < box.left + edge) return { part: "start", index };
  return { part: event.clientX > box.right - edge ? "end" : "body", index };
}

/** The ranges somebody marked: drag on the empty lane to add one, drag an end to move it, press one to choose it. */
export function MarksLane({ player, segments, selected, pendingStart, onSelect, onAdd, onChange }: MarksLaneProps): ReactElement {
  const grip = useRef<{ grip: Grip; x: number; moved: boolean } | null>(null);
  const [draft, setDraft] = useState<SegmentIn | null>(null);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    grip.current = { grip: gripOf(event, frameUnder(event, event.currentTarget, player)), x: event.clientX, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
    player.pause();
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const held = grip.current;
    if (held === null || (!held.moved && Math.abs(event.clientX - held.x) < DRAG_PX)) return;
    held.moved = true;
    const frame = frameUnder(event, event.currentTarget, player);
    player.seekToFrame(frame);
    if (held.grip.part === "new") setDraft(ordered(held.grip.from, frame));
    else if (held.grip.part !== "body") {
      const old = segments[held.grip.index];
      if (old !== undefined) setDraft(held.grip.part === "start" ? ordered(frame, old.end_frame) : ordered(old.start_frame, frame));
    }
  };

  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const held = grip.current;
    grip.current = null;
    setDraft(null);
    if (held === null) return;
    if (held.grip.part === "new") {
      if (draft !== null) onAdd(draft);
      else player.seekToFrame(frameUnder(event, event.currentTarget, player));
    } else if (draft !== null) onChange(held.grip.index, draft);
    else onSelect(held.grip.index);
  };

  const isEmpty = segments.length === 0 && pendingStart === null && draft === null;
  return (
    <div
      className={styles.lane}
      role="group"
      aria-label="Marked ranges"
      data-testid="marks-lane"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        grip.current = null;
        setDraft(null);
      }}
    >
      {isEmpty ? <span className={styles.laneHint}>Drag here, or press [ and ], to mark where you see it</span> : null}
      {segments.map((segment, index) => (
        <button
          key={index}
          type="button"
          className={styles.bar}
          data-segment={index}
          style={barStyle(player, segment)}
          aria-pressed={selected === index}
          aria-label={`Range ${index + 1}: frames ${segment.start_frame} to ${segment.end_frame}`}
          onClick={(event) => {
            if (event.detail === 0) onSelect(index);
          }}
        >
          {index + 1}
        </button>
      ))}
      {pendingStart === null ? null : <Pending player={player} start={pendingStart} />}
      {draft === null ? null : <div className={styles.pending} style={barStyle(player, draft)} aria-hidden />}
    </div>
  );
}
