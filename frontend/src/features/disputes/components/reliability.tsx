import type { ReactElement } from "react";
import { count, percent, percentRange } from "@/lib/format";
import type { ReviewerReliability } from "@/lib/models";
import styles from "./reliability.module.css";

/** A reviewer's reliability with its interval: the width of the doubt is as important as the figure. */
export function Reliability({ known }: { known: ReviewerReliability }): ReactElement {
  const { skill, low, high, gold_answers: gold } = known;
  const at = (share: number) => `${share * 100}%`;
  return (
    <div className={styles.reliability} data-anchored={known.is_anchored}>
      <div
        className={styles.line}
        role="img"
        aria-label={`Reliability ${percent(skill)}, interval ${percentRange([low, high])}, 50 percent is guessing`}
        title={`Says fake of a fake ${percent(known.sensitivity)}, says real of what is real ${percent(known.specificity)}`}
      >
        <span className={styles.guess} />
        <span className={styles.interval} style={{ left: at(low), width: at(high - low) }} />
        <span className={styles.point} style={{ left: at(skill) }} />
      </div>
      <span className={styles.words}>
        {percent(skill)} ({percentRange([low, high])}) · {known.is_anchored ? count(gold, "gold answer") : "not proven yet"}
      </span>
    </div>
  );
}
