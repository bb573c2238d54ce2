import type { ReactElement, ReactNode } from "react";
import { timecode } from "@/lib/format";
import { DeckButton } from "./deck-button";
import { lastFrame } from "./frame-index";
import { RATES } from "./player-controller";
import type { PlayerController } from "./player-controller";
import { hintFor } from "./shortcuts";
import styles from "./transport.module.css";
import { usePlayerLoop, usePlayerState } from "./use-player";
import type { Zoom } from "./use-zoom";

/** Where we are: time and frame, in figures that do not dance. */
export function FrameCounter({ player }: { player: PlayerController }): ReactElement {
  const frame = usePlayerState(player, (state) => state.frame);
  const seeking = usePlayerState(player, (state) => state.seeking);
  const ready = usePlayerState(player, (state) => state.ready);
  const last = lastFrame(player.timesS);
  // Until the first frame is there the poster is on the screen, which may be any frame: name none.
  const number = ready ? String(frame) : "\u2013";
  return (
    <div className={styles.counter} data-seeking={seeking} data-testid="frame-counter">
      <span>{timecode(player.timesS[frame] ?? 0)}</span>
      <span className={styles.frame}>
        f <b data-testid="frame">{number.padStart(String(last).length, "\u2007")}</b>/{last}
      </span>
    </div>
  );
}

export function TransportButtons({ player }: { player: PlayerController }): ReactElement {
  const playing = usePlayerState(player, (state) => state.playing);
  return (
    <div className={styles.group} role="group" aria-label="Play">
      <DeckButton icon="jump-back" label="Ten frames back" hint={hintFor("jump_back")} onClick={() => player.stepBy(-10)} />
      <DeckButton icon="step-back" label="One frame back" hint={hintFor("step_back")} onClick={() => player.stepBy(-1)} />
      <DeckButton large icon={playing ? "pause" : "play"} label={playing ? "Pause" : "Play"} hint={hintFor("toggle_play")} onClick={() => player.togglePlay()} />
      <DeckButton icon="step-forward" label="One frame on" hint={hintFor("step_forward")} onClick={() => player.stepBy(1)} />
      <DeckButton icon="jump-forward" label="Ten frames on" hint={hintFor("jump_forward")} onClick={() => player.stepBy(10)} />
    </div>
  );
}

export function SpeedChoice({ player }: { player: PlayerController }): ReactElement {
  const rate = usePlayerState(player, (state) => state.rate);
  return (
    <>
      <div className={styles.speeds} role="group" aria-label="Speed">
        {RATES.map((value) => (
          <button key={value} type="button" className={styles.speed} aria-pressed={rate === value} aria-label={`${value} times speed`} onClick={() => player.setRate(value)}>
            {value}×
          </button>
        ))}
      </div>
      <select className={styles.speedSelect} aria-label="Speed" value={rate} onChange={(event) => player.setRate(Number(event.currentTarget.value))}>
        {RATES.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
    </>
  );
}

interface LoopButtonProps {
  player: PlayerController;
  onToggle: () => void;
  canLoop: boolean;
}

export function LoopButton({ player, onToggle, canLoop }: LoopButtonProps): ReactElement {
  const loop = usePlayerLoop(player);
  return (
    <DeckButton icon="loop" label="Loop the marked range" hint={canLoop ? hintFor("toggle_loop") : "Mark a range to loop it"} pressed={loop !== null} disabled={!canLoop && loop === null} onClick={onToggle} />
  );
}

export function Volume({ player, hasAudio }: { player: PlayerController; hasAudio: boolean }): ReactElement {
  const volume = usePlayerState(player, (state) => state.volume);
  const muted = usePlayerState(player, (state) => state.muted);
  if (!hasAudio) return <span className={styles.silent}>no sound</span>;
  return (
    <div className={styles.group} role="group" aria-label="Sound">
      <DeckButton icon={muted ? "mute" : "volume"} label={muted ? "Sound on" : "Mute"} onClick={() => player.toggleMute()} />
      <input
        className={styles.volume}
        type="range"
        min={0}
        max={1}
        step={0.05}
        aria-label="Volume"
        value={muted ? 0 : volume}
        onChange={(event) => player.setVolume(Number(event.currentTarget.value))}
      />
    </div>
  );
}

export function ZoomButtons({ zoom, children }: { zoom: Zoom; children?: ReactNode }): ReactElement {
  return (
    <div className={styles.group} role="group" aria-label="Zoom">
      <DeckButton icon="zoom-out" label="Zoom out" hint={hintFor("zoom_out")} disabled={zoom.view.scale <= 1} onClick={zoom.zoomOut} />
      <span className={styles.scale}>{zoom.view.scale.toFixed(1)}×</span>
      <DeckButton icon="zoom-in" label="Zoom in" hint={hintFor("zoom_in")} onClick={zoom.zoomIn} />
      <DeckButton icon="fit" label="Whole picture" hint={hintFor("zoom_whole")} disabled={zoom.view.scale <= 1} onClick={zoom.reset} />
      {children}
    </div>
  );
}
