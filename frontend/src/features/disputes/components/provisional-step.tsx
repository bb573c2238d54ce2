import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { OutcomeBadge } from "@/components/clip/badges";
import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { dateAndTime } from "@/lib/format";
import type { Outcome, Provisional } from "@/lib/models";
import styles from "./steps.module.css";
import { VerdictChoice } from "./verdict-choice";

interface ProvisionalStepProps {
  sealed: Provisional | null;
  value: Outcome | null;
  onChange: (verdict: Outcome) => void;
  onSeal: () => void;
  isSending: boolean;
  error: Error | null;
}

/** Step 1: what the moderator thinks before any score is shown. */
export function ProvisionalStep({ sealed, value, onChange, onSeal, isSending, error }: ProvisionalStepProps): ReactElement {
  if (sealed !== null) {
    return (
      <Card title="1. Your provisional verdict">
        <p className={styles.sealed}>
          <OutcomeBadge outcome={sealed.verdict} />
          <Badge icon="seal" tone={sealed.is_blind ? "accent" : "warn"}>
            {sealed.is_blind ? "sealed blind" : "sealed, figures seen before"}
          </Badge>
          <span className={styles.missing}>{dateAndTime(sealed.sealed_at)}</span>
        </p>
        {sealed.is_blind ? null : (
          <p className={styles.quiet}>You had been shown figures of this clip or a near-duplicate, so your decision counts, and trains nothing.</p>
        )}
      </Card>
    );
  }
  return (
    <Card title="1. Your provisional verdict">
      <p className={styles.say}>Watch the clip and read the votes. Then say what you think; it is sealed before any score is shown to you.</p>
      <VerdictChoice name="provisional" legend="What do you think now?" value={value} onChange={onChange} />
      {error === null ? null : (
        <div className={styles.error}>
          <Notice tone="danger" live="alert">
            <p>{explain(error)}</p>
          </Notice>
        </div>
      )}
      <div className={styles.send}>
        <Button leftSection={<Icon name="seal" />} disabled={value === null} loading={isSending} onClick={onSeal}>
          Seal and show the scores
        </Button>
        <span className={styles.missing}>{value === null ? "Choose one first." : "It cannot be changed afterwards."}</span>
      </div>
    </Card>
  );
}
