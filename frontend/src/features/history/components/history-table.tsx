import type { ReactElement } from "react";
import { Link } from "react-router";
import { AnswerBadge, OutcomeBadge, StateBadge } from "@/components/clip/badges";
import { Card } from "@/components/ui/page";
import { dateAndTime, percent, shortId } from "@/lib/format";
import type { PastVote } from "@/lib/models";
import { agreementOf } from "../agreement";
import type { Agreement } from "../agreement";
import styles from "./record.module.css";

const AGREEMENT_WORDS: Record<Agreement, string> = {
  agrees: "same as the outcome",
  differs: "differs from the outcome",
  no_verdict: "no clear outcome",
  was_unsure: "you could not tell",
  open: "still open",
};

function Row({ vote }: { vote: PastVote }): ReactElement {
  return (
    <tr role="row">
      <td role="cell" className={styles.nowrap}>
        {dateAndTime(vote.cast_at)}
      </td>
      <td role="cell">
        <AnswerBadge label={vote.label} /> {vote.confidence === null ? "" : percent(vote.confidence)}
      </td>
      <td role="cell">{vote.outcome === null ? <StateBadge state={vote.clip_state} /> : <OutcomeBadge outcome={vote.outcome} />}</td>
      <td role="cell">
        {AGREEMENT_WORDS[agreementOf(vote)]}
        {vote.clip_id === null ? null : (
          <>
            {" · "}
            <Link to={`/clips/${vote.clip_id}`}>clip {shortId(vote.clip_id)}</Link>
          </>
        )}
      </td>
    </tr>
  );
}

/** One's own votes, newest first. Outcome and clip appear once a clip is closed. */
export function HistoryTable({ votes }: { votes: PastVote[] }): ReactElement {
  return (
    <Card title="Your votes">
      {votes.length === 0 ? (
        <p className={styles.quiet}>You have not sealed a vote yet.</p>
      ) : (
        <table className={styles.table} role="table" aria-label="Your votes">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">Sealed</th>
              <th scope="col" role="columnheader">Your answer</th>
              <th scope="col" role="columnheader">The clip</th>
              <th scope="col" role="columnheader">Beside each other</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {votes.map((vote, index) => (
              <Row key={`${vote.cast_at} ${index}`} vote={vote} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
