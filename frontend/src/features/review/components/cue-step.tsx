import type { ReactElement } from "react";
import { Chips } from "@/components/ui/chips";
import { Icon } from "@/components/ui/icon";
import type { VocabularyItem } from "@/lib/models";
import { MAX_RATIONALE } from "../ballot/ballot";
import { groupCues } from "../ballot/cue-groups";
import styles from "./choices.module.css";

interface CueStepProps {
  cues: VocabularyItem[];
  chosen: string[];
  onToggle: (id: string) => void;
  rationale: string;
  onRationale: (text: string) => void;
}

export const RATIONALE_ID = "rationale";

/** Step 4: what gave it away, as cues to tick and one sentence. */
export function CueStep({ cues, chosen, onToggle, rationale, onRationale }: CueStepProps): ReactElement {
  return (
    <section className={styles.section} aria-labelledby="why">
      <h2 className={styles.legend} id="why">
        <span className={styles.step}>4</span> Why? <span className={styles.optional}>optional</span>
      </h2>
      {groupCues(cues).map(({ name, cues: group }, index) => {
        const count = group.filter(({ id }) => chosen.includes(id)).length;
        return (
          <details key={name} className={styles.group} open={index === 0 ? true : undefined}>
            <summary>
              <Icon name="right" size={16} />
              {name}
              {count > 0 ? <span className={styles.count}>{count} chosen</span> : null}
            </summary>
            <Chips items={group} chosen={chosen} onToggle={onToggle} />
          </details>
        );
      })}
      <label className={styles.sublegend} htmlFor={RATIONALE_ID}>
        In a sentence
      </label>
      <textarea
        id={RATIONALE_ID}
        className={styles.textarea}
        rows={2}
        maxLength={MAX_RATIONALE}
        placeholder="What did you notice, and when?"
        value={rationale}
        onChange={(event) => onRationale(event.currentTarget.value)}
      />
      {rationale.length > MAX_RATIONALE - 200 ? (
        <p className={styles.hint}>
          {MAX_RATIONALE - rationale.length} of {MAX_RATIONALE} characters left
        </p>
      ) : null}
    </section>
  );
}
