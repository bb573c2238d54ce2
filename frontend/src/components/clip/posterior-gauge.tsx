import type { ReactElement } from "react";
import { percent, percentRange } from "@/lib/format";
import styles from "./posterior-gauge.module.css";

interface PosteriorGaugeProps {
  p: number;
  pPeople: number | null;
  interval: readonly [number, number];
}

/** P(manipulated) on a line from 0 to 100 %, with its interval, and what people alone say beside it. */
export function PosteriorGauge({ p, pPeople, interval: [low, high] }: PosteriorGaugeProps): ReactElement {
  const at = (value: number) => `${value * 100}%`;
  const people = pPeople === null ? "" : ` People alone: ${percent(pPeople)}.`;
  return (
    <div className={styles.gauge}>
      <p className={styles.figure}>
        <strong>{percent(p)}</strong> manipulated <span className={styles.range}>between {percentRange([low, high])}</span>
      </p>
      <div className={styles.line} role="img" aria-label={`Probability that it is manipulated: ${percent(p)}, interval ${percentRange([low, high])}.${people}`}>
        <span className={styles.interval} style={{ left: at(low), width: at(high - low) }} />
        {pPeople === null ? null : <span className={styles.people} style={{ left: at(pPeople) }} />}
        <span className={styles.point} style={{ left: at(p) }} />
      </div>
      <div className={styles.ends} aria-hidden>
        <span>0 % no sign of it</span>
        <span>50</span>
        <span>100 % manipulated</span>
      </div>
      <p className={styles.key}>
        <span className={styles.keyItem}>
          <span className={styles.dot} /> people and detectors: {percent(p)}
        </span>
        {pPeople === null ? null : (
          <span className={styles.keyItem}>
            <span className={styles.ring} /> people alone: {percent(pPeople)}
          </span>
        )}
      </p>
    </div>
  );
}
