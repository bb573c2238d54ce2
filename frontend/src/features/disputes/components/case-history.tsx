import type { ReactElement } from "react";
import { OutcomeBadge } from "@/components/clip/badges";
import { Badge } from "@/components/ui/badge";
import { count, dateAndTime } from "@/lib/format";
import type { CaseRound, DisputeCase } from "@/lib/models";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import styles from "./case-history.module.css";
import { ReasonBadges } from "./reason-badges";

function Decision({ decision }: { decision: NonNullable<CaseRound["decision"]> }): ReactElement {
  const words = useVocabulary().data;
  return (
    <div className={styles.decision}>
      <p className={styles.badges}>
        <OutcomeBadge outcome={decision.verdict} />
        {decision.is_blind === true ? (
          <Badge icon="seal" title="It says what was sealed before any detector figure was seen">
            blind
          </Badge>
        ) : null}
        <span>{dateAndTime(decision.decided_at)}</span>
      </p>
      {decision.rationale === null ? (
        <p className={styles.quiet}>Why is shown once you have sealed your own provisional verdict.</p>
      ) : (
        <>
          <p>{(decision.reason_codes ?? []).map((id) => nameIn(words?.decision_reasons, id)).join(", ")}</p>
          <p className={styles.rationale}>{decision.rationale}</p>
        </>
      )}
    </div>
  );
}

/** The rounds of a case in their order: why each was opened, and how it ended. */
export function CaseHistory({ dispute }: { dispute: DisputeCase }): ReactElement {
  return (
    <ol className={styles.rounds}>
      {dispute.rounds.map((round) => (
        <li key={round.round}>
          <p className={styles.badges}>
            <strong>Round {round.round}</strong> <span>opened {dateAndTime(round.opened_at)}</span>
            <ReasonBadges reasons={round.reasons} />
          </p>
          {round.round === dispute.round
            ? dispute.appeals.map((appeal) => (
                <blockquote key={`${appeal.at} ${appeal.grounds}`} className={styles.grounds}>
                  <span>Against verdict {appeal.sequence}, {dateAndTime(appeal.at)}:</span> {appeal.grounds}
                </blockquote>
              ))
            : null}
          {round.provisionals === 0 ? null : <p className={styles.quiet}>{count(round.provisionals, "provisional verdict")} sealed.</p>}
          {round.decision === null ? null : <Decision decision={round.decision} />}
        </li>
      ))}
    </ol>
  );
}
