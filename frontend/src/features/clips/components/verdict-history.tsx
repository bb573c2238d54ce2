import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { OutcomeBadge } from "@/components/clip/badges";
import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { count, dateAndTime, percent } from "@/lib/format";
import type { PublishedVerdict } from "@/lib/models";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import { verdictsQuery } from "../api/verdicts";
import { AppealDialog } from "./appeal-dialog";
import styles from "./verdict-history.module.css";

const REASONS: Record<PublishedVerdict["reason"], string> = {
  evidence: "by evidence",
  cap: "at the cap, undecided",
  adjudication: "by a moderator\u2019s decision",
};

function Decision({ decision }: { decision: NonNullable<PublishedVerdict["decision"]> }): ReactElement {
  const words = useVocabulary().data;
  if (decision.rationale === null) return <p className={styles.quiet}>Why is kept from you until you have sealed a provisional verdict on this clip’s case.</p>;
  return (
    <>
      <p>{(decision.reason_codes ?? []).map((id) => nameIn(words?.decision_reasons, id)).join(", ")}</p>
      <p className={styles.rationale}>{decision.rationale}</p>
    </>
  );
}

function basisWords({ basis }: PublishedVerdict): string {
  const together = basis.p_manipulated === null ? "" : `, with detectors ${percent(basis.p_manipulated)}`;
  return `${count(basis.n_votes, "vote")}; people alone ${percent(basis.p_manipulated_people)} manipulated${together}; rule ${basis.policy_version}.`;
}

function Line({ verdict, isNewest, onAppeal }: { verdict: PublishedVerdict; isNewest: boolean; onAppeal: () => void }): ReactElement {
  return (
    <li className={styles.line}>
      <p className={styles.head}>
        <OutcomeBadge outcome={verdict.outcome} />
        <strong>{REASONS[verdict.reason]}</strong>
        <span>{dateAndTime(verdict.at)}</span>
        {isNewest ? null : <Badge>superseded</Badge>}
        {verdict.appeals === 0 ? null : <Badge icon="undo">{count(verdict.appeals, "appeal")}</Badge>}
      </p>
      {verdict.decision === null ? null : <Decision decision={verdict.decision} />}
      <p className={styles.quiet}>{basisWords(verdict)}</p>
      {verdict.is_appealed_by_me && isNewest ? (
        <p className={styles.quiet} role="status">
          Moderators have your appeal. The verdict stands until one who has not seen the case has decided.
        </p>
      ) : null}
      {verdict.can_appeal ? (
        <Button size="sm" variant="default" leftSection={<Icon name="undo" size={16} />} onClick={onAppeal}>
          Appeal
        </Button>
      ) : null}
    </li>
  );
}

function Lines({ clipId }: { clipId: string }): ReactElement {
  const verdicts = useQuery(verdictsQuery(clipId));
  const [appealed, setAppealed] = useState<string | null>(null);
  if (verdicts.isPending) return <Skeleton height={80} radius={8} />;
  if (verdicts.isError) {
    return (
      <Notice tone="danger" title="The verdicts could not be loaded" live="alert">
        <p>{explain(verdicts.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void verdicts.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  return (
    <>
      <ol className={styles.lines}>
        {verdicts.data.map((verdict, index) => (
          <Line key={verdict.id} verdict={verdict} isNewest={index === 0} onAppeal={() => setAppealed(verdict.id)} />
        ))}
      </ol>
      {appealed === null ? null : <AppealDialog clipId={clipId} verdictId={appealed} onClose={() => setAppealed(null)} />}
    </>
  );
}

/**
 * Every verdict of a closed clip; none is ever changed, a later one stands above it. Moderators open it by hand:
 * whoever has read why a case was decided cannot judge an appeal against it.
 */
export function VerdictHistory({ clipId, isGated }: { clipId: string; isGated: boolean }): ReactElement {
  const [isOpened, setOpened] = useState(!isGated);
  return (
    <Card title="Verdicts">
      {isOpened ? (
        <Lines clipId={clipId} />
      ) : (
        <>
          <p className={styles.gate}>You are a moderator. Whoever has read why a case was decided cannot judge an appeal against it.</p>
          <Button size="sm" variant="default" onClick={() => setOpened(true)}>
            Show the verdicts and their reasons
          </Button>
        </>
      )}
    </Card>
  );
}
