import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { percent, percentRange } from "@/lib/format";
import type { ReviewerRecord } from "@/lib/models";
import { skillWords } from "../skill-words";
import styles from "./record.module.css";

type Skill = ReviewerRecord["skill"];

interface SkillBarProps {
  value: number;
  low: number;
  high: number;
}

function SkillBar({ value, low, high }: SkillBarProps): ReactElement {
  const at = (share: number) => `${share * 100}%`;
  return (
    <>
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
    </>
  );
}

/** One's skill as a bar with its interval: the width of the doubt is as important as the figure. */
export function SkillCard({ skill }: { skill: Skill }): ReactElement {
  const { headline, explanation } = skillWords(skill);
  const { anchored, value, low, high } = skill;
  return (
    <Card title="How reliable you are">
      <p className={styles.figure}>{headline}</p>
      {anchored && low !== null && high !== null ? <SkillBar value={value} low={low} high={high} /> : null}
      <p>{explanation}</p>
      <p className={styles.quiet}>
        On video, people alone are right about 57 % of the time. Being near it is no disgrace; every clip of known truth narrows the doubt.
      </p>
    </Card>
  );
}
