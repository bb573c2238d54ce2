import type { ReactElement } from "react";
import { ANSWERS } from "@/lib/answers";
import { cx } from "@/lib/cx";
import { timecode } from "@/lib/format";
import type { DisputedVote } from "@/lib/models";
import { axisLengthS, frameEndS } from "@/player/frame-index";
import type { PlayerController } from "@/player/player-controller";
import { placeOf } from "@/player/time-axis";
import { letterOf } from "../case-votes";
import styles from "./vote-lanes.module.css";

interface VoteLanesProps {
  player: PlayerController;
  votes: DisputedVote[];
  chosen: number | null;
  onMark: (voteIndex: number, frame: number) => void;
}

/** Every vote as a row on the player's own time axis: where rows agree, their ranges stand above each other. */
export function VoteLanes({ player, votes, chosen, onMark }: VoteLanesProps): ReactElement {
  const length = axisLengthS(player.timesS, player.durationS);
  return (
    <div className={styles.lanes} role="group" aria-label="What each vote marked">
      {votes.map((vote, index) => (
        <div key={vote.reviewer} className={cx(styles.lane, styles[vote.label], chosen === index && styles.chosen)}>
          <span className={styles.letter} title={`${letterOf(index)}: ${ANSWERS[vote.label].word}`}>
            {letterOf(index)}
          </span>
          {vote.segments.length === 0 && vote.regions.length === 0 ? <em>{ANSWERS[vote.label].word.toLowerCase()}, nothing marked</em> : null}
          {vote.segments.map(({ start_frame, end_frame, start_s, end_s }) => {
            const left = placeOf(player, start_frame);
            const right = frameEndS(player.timesS, end_frame, player.durationS) / length;
            return (
              <button
                key={`${start_frame} ${end_frame}`}
                type="button"
                aria-label={`${letterOf(index)}, ${ANSWERS[vote.label].word.toLowerCase()}: ${timecode(start_s)} to ${timecode(end_s)}`}
                style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
                onClick={() => onMark(index, start_frame)}
              />
            );
          })}
          {vote.regions.map(({ frame }, number) => (
            <button
              key={`box ${number}`}
              type="button"
              className={styles.box}
              aria-label={`${letterOf(index)}, ${ANSWERS[vote.label].word.toLowerCase()}: box on frame ${frame}`}
              style={{ left: `${placeOf(player, frame) * 100}%` }}
              onClick={() => onMark(index, frame)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
