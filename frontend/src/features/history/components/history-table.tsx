import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";
import { AnswerBadge, OutcomeBadge, StateBadge } from "@/components/clip/badges";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/page";
import { ANSWERS, confidenceWords } from "@/lib/answers";
import { count, dateAndTime, percent, shortId } from "@/lib/format";
import type { PastVote } from "@/lib/models";
import { agreementOf } from "../agreement";
import type { Agreement } from "../agreement";
import styles from "./record.module.css";

const AGREEMENT_WORDS: Record<Agreement, string> = {
  agrees: "same as the outcome",
  differs: "differs from the outcome",
  no_verdict: "no clear outcome",
  was_unsure: "you could not tell",
  open: "told once it is closed",
};

function GoldWords({ label, right }: NonNullable<PastVote["gold"]>): ReactElement {
  return (
    <>
      <Badge tone={right ? "accent" : "warn"} icon={right ? "check" : "cross"}>
        {right ? "right" : "not right"}
      </Badge>{" "}
      its truth was known: {ANSWERS[label].word.toLowerCase()}
    </>
  );
}

const COLUMNS = ["Sealed", "Your answer", "How sure", "The clip", "Beside each other"];

function Row({ vote }: { vote: PastVote }): ReactElement {
  const { cast_at: castAt, label, confidence, clip_id: clipId, clip_state: state, outcome } = vote;
  return (
    <tr role="row">
      <td role="cell" className={styles.when}>
        <time dateTime={castAt}>{dateAndTime(castAt)}</time>
      </td>
      <td role="cell">
        <AnswerBadge label={label} />
      </td>
      <td role="cell">{confidence === null ? "not asked" : `${percent(confidence)}, ${confidenceWords(confidence)}`}</td>
      <td role="cell">{outcome === null ? <StateBadge state={state} /> : <OutcomeBadge outcome={outcome} />}</td>
      <td role="cell">
        {vote.gold === null ? AGREEMENT_WORDS[agreementOf(vote)] : <GoldWords {...vote.gold} />}
        {clipId === null ? null : (
          <>
            {" · "}
            <Link to={`/clips/${clipId}`} className={styles.link}>
              clip {shortId(clipId)}
            </Link>
          </>
        )}
      </td>
    </tr>
  );
}

interface HistoryTableProps {
  votes: PastVote[];
  total: number;
  /** What stands under the rows: the way to older ones. */
  children?: ReactNode;
}

/** One's own votes, newest first. Outcome and clip appear once a clip is closed. On a phone each row is a card. */
export function HistoryTable({ votes, total, children }: HistoryTableProps): ReactElement {
  return (
    <Card title="Your votes">
      <table className={styles.table} role="table" aria-label="Your votes">
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {votes.map((vote, index) => (
            <Row key={`${vote.cast_at} ${index}`} vote={vote} />
          ))}
        </tbody>
      </table>
      <div className={styles.more}>
        <p className={styles.quiet}>{votes.length < total ? `The newest ${votes.length} of ${count(total, "vote")}.` : `${count(total, "vote")}, newest first.`} An outcome is what the jury found, not the truth itself. Which clips were of known truth is told in one batch a day, at midnight UTC, a day or two after the vote.</p>
        {children}
      </div>
    </Card>
  );
}
