import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { count, percent, percentRange } from "@/lib/format";
import type { ReviewerRecord } from "@/lib/models";
import styles from "./record.module.css";

/** One's skill as a bar with its interval: the width of the doubt is as important as the figure. */
export function SkillCard({ skill }: { skill: ReviewerRecord["skill"] }): ReactElement {
  const { value, low, high, gold_answers: gold, anchored } = skill;
  const at = (share: number) => `${share * 100}%`;
  return (
    <Card title="How reliable you are">
      <p className={styles.figure}>
        <strong>{percent(value)}</strong> <span className={styles.quiet}>between {percentRange([low, high])}</span>
      </p>
      <div className={styles.line} role="img" aria-label={`Skill ${percent(value)}, interval ${percentRange([low, high])}. 50 percent is guessing.`}>
        <span className={styles.guess} />
        <span className={styles.interval} style={{ left: at(low), width: at(high - low) }} />
        <span className={styles.point} style={{ left: at(value) }} />
      </div>
      <div className={styles.ends} aria-hidden>
        <span>0 %</span>
        <span>50 % guessing</span>
        <span>100 %</span>
      </div>
      <p>
        {gold === 0
          ? "You have met no clip of known truth yet, so this is only what we assume of everybody."
          : `It rests on ${count(gold, "clip")} whose truth is known; they were among the others, unannounced.`}{" "}
        {anchored ? "Your votes can help to close clips." : "Until there are more of them, votes like yours alone cannot close a clip."}
      </p>
      <p className={styles.quiet}>On video, people alone are right about 57 % of the time. Being near it is no disgrace; the bar narrows with every clip of known truth.</p>
    </Card>
  );
}
