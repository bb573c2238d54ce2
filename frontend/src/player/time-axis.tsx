import { useEffect, useRef } from "react";
import type { KeyboardEvent, PointerEvent, ReactElement, ReactNode } from "react";
import { cx } from "@/lib/cx";
import { timecode } from "@/lib/format";
import type { ThumbnailStrip } from "@/lib/models";
import { axisLengthS, frameAt, lastFrame } from "./frame-index";
import type { PlayerController } from "./player-controller";
import { Storyboard } from "./storyboard";
import styles from "./time-axis.module.css";
import { usePlayerState } from "./use-player";

interface TimeAxisProps {
  player: PlayerController;
  thumbnailsUrl: string | null;
  thumbnails: ThumbnailStrip | null;
  /** Further lanes under the storyboard, on the same axis. */
  children?: ReactNode;
}

/** Frame under a pointer, from its place along the element. */
export function frameUnder(event: { clientX: number }, element: HTMLElement, player: PlayerController): number {
  const box = element.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  return frameAt(player.timesS, share * axisLengthS(player.timesS, player.durationS));
}

/** Place of a frame's beginning on the axis, 0 to 1. */
export function placeOf(player: PlayerController, frame: number): number {
  return (player.timesS[frame] ?? 0) / axisLengthS(player.timesS, player.durationS);
}

function Playhead({ player }: { player: PlayerController }): ReactElement {
  const frame = usePlayerState(player, (state) => state.frame);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.style.left = `${placeOf(player, frame) * 100}%`;
  }, [player, frame]);
  return <div ref={ref} className={styles.playhead} aria-hidden />;
}

const KEY_STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

function Scrubber({ player, thumbnailsUrl, thumbnails }: Omit<TimeAxisProps, "children">): ReactElement {
  const frame = usePlayerState(player, (state) => state.frame);
  const last = lastFrame(player.timesS);
  const scrub = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons % 2 === 0) return;
    player.pause();
    player.seekToFrame(frameUnder(event, event.currentTarget, player));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = KEY_STEPS[event.key];
    if (step !== undefined) player.stepBy(step);
    else if (event.key === "Home") player.stepBy(-last);
    else if (event.key === "End") player.stepBy(last);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={cx(styles.scrubber, thumbnails === null && styles.plain)}
      role="slider"
      tabIndex={0}
      aria-label="Position in the clip"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={frame}
      aria-valuetext={`Frame ${frame} of ${last}, ${timecode(player.timesS[frame] ?? 0)}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={scrub}
    >
      {thumbnails === null ? null : <Storyboard url={thumbnailsUrl} strip={thumbnails} lengthS={axisLengthS(player.timesS, player.durationS)} />}
    </div>
  );
}

/** One time axis for everything: the storyboard to scrub on, the playhead, and whatever lanes are put under it. */
export function TimeAxis({ player, thumbnailsUrl, thumbnails, children }: TimeAxisProps): ReactElement {
  return (
    <div className={styles.axis}>
      <Scrubber player={player} thumbnailsUrl={thumbnailsUrl} thumbnails={thumbnails} />
      {children}
      <Playhead player={player} />
    </div>
  );
}
