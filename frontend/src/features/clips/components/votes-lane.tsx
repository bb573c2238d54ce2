import type { ReactElement } from "react";
import type { ClipVote } from "@/lib/models";
import { axisLengthS, frameEndS } from "@/player/frame-index";
import type { PlayerController } from "@/player/player-controller";
import { placeOf } from "@/player/time-axis";
import styles from "./clip-page.module.css";

/** Where reviewers saw it: all their ranges over each other, darker where they agree. The table says it in words. */
export function VotesLane({ player, votes }: { player: PlayerController; votes: ClipVote[] }): ReactElement {
  const ranges = votes.flatMap((vote) => vote.segments);
  const length = axisLengthS(player.timesS, player.durationS);
  return (
    <div className={styles.lane} aria-hidden>
      {ranges.map(({ start_frame, end_frame }, index) => {
        const left = placeOf(player, start_frame);
        const right = frameEndS(player.timesS, end_frame, player.durationS) / length;
        return <span key={index} style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />;
      })}
      {ranges.length === 0 ? <em>No reviewer marked a range</em> : null}
    </div>
  );
}
