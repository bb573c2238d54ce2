import type { ReactElement } from "react";
import { placedFindings } from "@/lib/findings";
import type { Score } from "@/lib/models";
import { axisLengthS, frameEndS } from "@/player/frame-index";
import type { PlayerController } from "@/player/player-controller";
import { placeOf } from "@/player/time-axis";
import styles from "./findings-lane.module.css";

/** Where detectors found traces, on the player's time axis. The list beside it says in words what each one is. */
export function FindingsLane({ player, scores }: { player: PlayerController; scores: Score[] }): ReactElement | null {
  const placed = placedFindings(scores);
  if (placed.length === 0) return null;
  const length = axisLengthS(player.timesS, player.durationS);
  return (
    <div className={styles.lane} aria-hidden data-testid="findings-lane">
      {placed.map(({ start_frame, end_frame, strength, words }, index) => {
        const left = placeOf(player, start_frame);
        const right = frameEndS(player.timesS, end_frame, player.durationS) / length;
        return <span key={index} title={words} data-strength={strength} style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />;
      })}
      <em>traces</em>
    </div>
  );
}
