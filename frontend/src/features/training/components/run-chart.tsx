import type { ReactElement } from "react";
import type { TrainingPoint } from "@/lib/models";
import { useSize } from "@/player/use-size";
import { drawRun, MARGIN } from "../run-curve";
import styles from "./training.module.css";

const HEIGHT = 150;

function summary(points: TrainingPoint[]): string {
  const last = points.at(-1);
  if (last === undefined) return "No evaluation yet.";
  const auc = last.validation_auc === null ? "not measurable" : last.validation_auc.toFixed(3);
  return `At step ${last.step} the loss is ${(last.validation_loss ?? last.loss).toFixed(3)} and the AUC on the validation split ${auc}.`;
}

/** Loss and validation AUC by step: drawn, and said in one sentence. */
export function RunChart({ points }: { points: TrainingPoint[] }): ReactElement {
  const [ref, size] = useSize<HTMLDivElement>();
  const width = Math.max(240, size.width);
  const drawing = drawRun(points, width, HEIGHT);
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <div ref={ref}>
      <svg width="100%" height={HEIGHT} role="img" aria-label={summary(points)} className={styles.chart}>
        {[0, 0.5, 1].map((share) => {
          const y = MARGIN.top + (1 - share) * (bottom - MARGIN.top);
          return (
            <g key={share}>
              <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y} y2={y} className={styles.grid} />
              <text x={MARGIN.left - 6} y={y + 4} textAnchor="end">
                {(share * drawing.lossTop).toFixed(2)}
              </text>
              <text x={width - MARGIN.right + 6} y={y + 4}>
                {(0.5 + share / 2).toFixed(2)}
              </text>
            </g>
          );
        })}
        <text x={MARGIN.left} y={HEIGHT - 6}>
          0
        </text>
        <text x={width - MARGIN.right} y={HEIGHT - 6} textAnchor="end">
          {`step ${drawing.lastStep}`}
        </text>
        <path d={drawing.loss} className={styles.loss} />
        <path d={drawing.auc} className={styles.auc} />
      </svg>
      <p className={styles.key}>
        <span className={styles.keyAuc}>AUC on the validation split (right)</span>
        <span className={styles.keyLoss}>loss (left)</span>
      </p>
    </div>
  );
}
