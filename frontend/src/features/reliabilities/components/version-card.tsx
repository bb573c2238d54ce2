import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { count, dateAndTime } from "@/lib/format";
import type { ReliabilityVersion } from "@/lib/models";
import type { VersionAction } from "../api/versions";
import { actionsFor, movedWords, VERSION_STATES } from "../version-words";
import styles from "./reliabilities.module.css";

interface VersionCardProps {
  version: ReliabilityVersion;
  /** Null for those who may look and not decide. */
  onDecide: ((action: VersionAction, version: number) => void) | null;
}

/** One version: what it rests on, what it moved, what the guard said, and what was decided. */
export function VersionCard({ version, onDecide }: VersionCardProps): ReactElement {
  const { version: number, state, guard, decision } = version;
  const { word, icon, tone } = VERSION_STATES[state];
  const can = actionsFor(state);
  return (
    <Card className={styles.version}>
      <div className={styles.head}>
        <h2 className={styles.title}>Version {number}</h2>
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <time className={styles.quiet} dateTime={version.created_at}>
          {dateAndTime(version.created_at)}
        </time>
      </div>
      <p className={styles.plain}>
        {count(version.gold_answers, "answer")} on gold by {count(version.reviewers, "reviewer")}, {version.anchored.toLocaleString("en")} of them known well enough to count in full.
      </p>
      <p className={styles.plain}>{movedWords(version)}</p>
      {guard?.reason == null ? null : (
        <Notice tone={state === "frozen" ? "warn" : "info"} title={state === "frozen" ? "The guard holds it back" : "The guard had held it back"}>
          <p>{guard.reason}</p>
          {state === "frozen" ? <p>Were the labels of new gold checked? If they are right, put the version into force; if not, discard it and have the wrong gold quarantined.</p> : null}
        </Notice>
      )}
      {decision === null ? null : (
        <p className={styles.plain}>
          {decision.by} decided on {dateAndTime(decision.at)}: “{decision.reason}”
        </p>
      )}
      {onDecide === null || !can.activate ? null : (
        <div className={styles.actions}>
          <Button size="sm" variant={state === "frozen" ? "filled" : "default"} onClick={() => onDecide("activate", number)}>
            {state === "frozen" ? "Put into force" : "Go back to it"}
          </Button>
          {can.discard ? (
            <Button size="sm" variant="default" onClick={() => onDecide("discard", number)}>
              Discard
            </Button>
          ) : null}
        </div>
      )}
    </Card>
  );
}
