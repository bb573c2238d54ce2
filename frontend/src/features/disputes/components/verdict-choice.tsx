import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { OUTCOME_BADGES } from "@/lib/clip-states";
import { cx } from "@/lib/cx";
import { OUTCOME_WORDS } from "@/lib/ladder";
import type { Outcome } from "@/lib/models";
import { LADDER, VERDICT_HINTS } from "../words";
import styles from "./steps.module.css";

interface VerdictChoiceProps {
  name: string;
  legend: string;
  value: Outcome | null;
  onChange: (verdict: Outcome) => void;
}

/** The four verdicts as native radios in large cards, with the keys 1 to 4. */
export function VerdictChoice({ name, legend, value, onChange }: VerdictChoiceProps): ReactElement {
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.verdicts}>
        {LADDER.map((verdict, index) => (
          <label key={verdict} className={cx(styles.verdict, value === verdict && styles.chosen)}>
            <input type="radio" name={name} value={verdict} checked={value === verdict} onChange={() => onChange(verdict)} />
            <Icon name={OUTCOME_BADGES[verdict].icon} />
            <span>
              <strong>{OUTCOME_WORDS[verdict]}</strong>
              <small>{VERDICT_HINTS[verdict]}</small>
            </span>
            <kbd aria-hidden>{index + 1}</kbd>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
