import { Button } from "@mantine/core";
import { useId } from "react";
import type { ReactElement } from "react";
import { Chips } from "@/components/ui/chips";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import type { Provisional, VocabularyItem } from "@/lib/models";
import { draftProblems, MAX_RATIONALE, staysBlind } from "../decision";
import type { Draft } from "../decision";
import styles from "./steps.module.css";
import { VerdictChoice } from "./verdict-choice";

export const RATIONALE_ID = "decision-rationale";

interface DecisionStepProps {
  provisional: Provisional | null;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  reasons: VocabularyItem[];
  onDecide: () => void;
  error: Error | null;
}

function toggled(reasons: string[], id: string): string[] {
  return reasons.includes(id) ? reasons.filter((one) => one !== id) : [...reasons, id];
}

/** Step 3: the verdict with its reasons, in words of the vocabulary and in the moderator's own. */
export function DecisionStep({ provisional, draft, onChange, reasons, onDecide, error }: DecisionStepProps): ReactElement {
  const rationaleHint = useId();
  if (provisional === null) {
    return (
      <Card title="3. Your decision">
        <p className={styles.locked}>
          <Icon name="lock" /> Opens when your provisional verdict is sealed.
        </p>
      </Card>
    );
  }
  const problems = draftProblems(draft);
  const isLost = provisional.is_blind && draft.verdict !== null && !staysBlind(provisional, draft.verdict);
  return (
    <Card title="3. Your decision">
      <VerdictChoice name="decision" legend="What is your verdict?" value={draft.verdict} onChange={(verdict) => onChange({ verdict })} />
      {isLost ? <p className={styles.quiet}>This differs from what you sealed. It stands as your verdict all the same; only, it trains no detector, since you have seen the scores.</p> : null}
      <fieldset className={`${styles.fieldset ?? ""} ${styles.part ?? ""}`}>
        <legend className={styles.legend}>Why?</legend>
        <Chips items={reasons} chosen={draft.reasons} onToggle={(id) => onChange({ reasons: toggled(draft.reasons, id) })} />
      </fieldset>
      <div className={styles.part}>
        <label className={styles.legend} htmlFor={RATIONALE_ID}>
          In your own words
        </label>
        <textarea
          id={RATIONALE_ID}
          className={styles.textarea}
          maxLength={MAX_RATIONALE}
          value={draft.rationale}
          aria-describedby={rationaleHint}
          onChange={(event) => onChange({ rationale: event.currentTarget.value })}
        />
        <p id={rationaleHint} className={styles.quiet}>
          What you saw, at which moment, and why it settles it. It is published with the verdict, and whoever appeals will read it.
        </p>
      </div>
      {error === null ? null : (
        <div className={styles.error}>
          <Notice tone="danger" live="alert">
            <p>{explain(error)}</p>
          </Notice>
        </div>
      )}
      <div className={styles.send}>
        <Button leftSection={<Icon name="scale" />} disabled={problems.length > 0} onClick={onDecide}>
          Decide
        </Button>
        <span className={styles.missing}>{problems.length === 0 ? "You are asked once more." : `Still to do: ${problems.join(", ")}.`}</span>
      </div>
    </Card>
  );
}
