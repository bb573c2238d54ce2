import type { ReactElement } from "react";
import { cx } from "@/lib/cx";
import type { Label } from "@/lib/models";
import styles from "./choices.module.css";

const LEANS: { value: Label | null; word: string }[] = [
  { value: "manipulated", word: "Rather fake" },
  { value: null, word: "Neither" },
  { value: "authentic", word: "Rather real" },
];

interface LeanChoiceProps {
  value: Label | null;
  onChange: (lean: Label | null) => void;
}

/** For "can't tell": an optional lean. A lean tells more than a pass. */
export function LeanChoice({ value, onChange }: LeanChoiceProps): ReactElement {
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.sublegend}>If you had to lean (optional)</legend>
      <div className={styles.leans}>
        {LEANS.map((lean) => (
          <label key={lean.word} className={cx(styles.lean, value === lean.value && styles.chosen)}>
            <input type="radio" name="lean" checked={value === lean.value} onChange={() => onChange(lean.value)} />
            {lean.word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
