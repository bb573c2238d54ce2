import type { ReactElement } from "react";
import { AnswerBadge } from "@/components/clip/badges";
import { SimulatedBadge } from "@/components/ui/badge";
import { dateAndTime, percent, timecode } from "@/lib/format";
import type { ClipVote } from "@/lib/models";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import styles from "./votes-table.module.css";

interface VotesTableProps {
  votes: ClipVote[];
  /** Shows a frame in the player, where there is one. */
  onSeek: ((frame: number) => void) | null;
}

function VoteRow({ vote, onSeek }: { vote: ClipVote; onSeek: VotesTableProps["onSeek"] }): ReactElement {
  const vocabulary = useVocabulary().data;
  return (
    <tr role="row">
      <th scope="row" role="rowheader" className={styles.who}>
        <span className={styles.name}>{vote.reviewer}</span>
        {vote.simulated ? <SimulatedBadge /> : null}
        <span className={styles.when}>{dateAndTime(vote.cast_at)}</span>
      </th>
      <td role="cell">
        <AnswerBadge label={vote.label} /> <span className={styles.sure}>{vote.confidence === null ? "" : percent(vote.confidence)}</span>
      </td>
      <td role="cell">
        {vote.kinds.length === 0 ? null : <div>{vote.kinds.map((kind) => nameIn(vocabulary?.kinds, kind)).join(", ")}</div>}
        {vote.segments.map(({ start_frame, end_frame, start_s, end_s }, index) => (
          <button
            key={index}
            type="button"
            className={styles.range}
            disabled={onSeek === null}
            title={`Frames ${start_frame} to ${end_frame}`}
            onClick={() => onSeek?.(start_frame)}
          >
            {timecode(start_s)} – {timecode(end_s)}
          </button>
        ))}
        {vote.rationale === "" ? null : <p className={styles.rationale}>{vote.rationale}</p>}
      </td>
    </tr>
  );
}

/** Every vote under a pseudonym. On a phone each row becomes a block; the roles keep it a table. */
export function VotesTable({ votes, onSeek }: VotesTableProps): ReactElement {
  if (votes.length === 0) return <p className={styles.none}>Nobody has voted yet.</p>;
  return (
    <table className={styles.table} role="table" aria-label="Votes">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Reviewer</th>
          <th scope="col" role="columnheader">Answer</th>
          <th scope="col" role="columnheader">Kind, place and reason</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {votes.map((vote) => (
          <VoteRow key={`${vote.reviewer} ${vote.cast_at}`} vote={vote} onSeek={onSeek} />
        ))}
      </tbody>
    </table>
  );
}
