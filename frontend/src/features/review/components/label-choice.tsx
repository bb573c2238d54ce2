import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { ANSWERS } from "@/lib/answers";
import { cx } from "@/lib/cx";
import type { ResponseLabel } from "@/lib/models";
import styles from "./choices.module.css";

const ORDER: ResponseLabel[] = ["manipulated", "authentic", "unsure"];

interface LabelChoiceProps {
  value: ResponseLabel | null;
  onChange: (label: ResponseLabel) => void;
}

/** Step 1: the one question. Native radios inside large cards. */
export function LabelChoice({ value, onChange }: LabelChoiceProps): ReactElement {
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>
        <span className={styles.step}>1</span> What do you see?
      </legend>
      <div className={styles.labels}>
        {ORDER.map((label, index) => (
          <label key={label} className={cx(styles.label, styles[label], value === label && styles.chosen)} title={ANSWERS[label].hint}>
            <input type="radio" name="label" value={label} checked={value === label} onChange={() => onChange(label)} />
            <Icon name={ANSWERS[label].icon} size={24} />
            {ANSWERS[label].word}
            <kbd aria-hidden>{index + 1}</kbd>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
