import type { ReactElement } from "react";
import type { ComparisonReport } from "@/lib/models";
import { aucWords } from "../gate-words";
import styles from "./detectors.module.css";

const SIDE = 300;
const MARGIN = 34;

function path(points: ComparisonReport["candidate"]["roc"]): string {
  return points
    .map((point, index) => `${index === 0 ? "M" : "L"}${(MARGIN + (point[0] ?? 0) * SIDE).toFixed(1)} ${(8 + (1 - (point[1] ?? 0)) * SIDE).toFixed(1)}`)
    .join(" ");
}

/** Both ROC curves: how many fakes are found at each rate of false alarms. */
export function RocChart({ report }: { report: ComparisonReport }): ReactElement {
  const { candidate, incumbent } = report;
  const said = `ROC curves. Candidate: AUC ${aucWords(candidate.auc, candidate.low, candidate.high)}. Version ${report.incumbent_version}: AUC ${aucWords(incumbent.auc, incumbent.low, incumbent.high)}.`;
  return (
    <div>
      <svg viewBox={`0 0 ${MARGIN + SIDE + 8} ${SIDE + 44}`} role="img" aria-label={said} className={styles.chart}>
        <rect x={MARGIN} y={8} width={SIDE} height={SIDE} className={styles.frame} />
        <line x1={MARGIN} y1={8 + SIDE} x2={MARGIN + SIDE} y2={8} className={styles.chance} />
        <path d={path(incumbent.roc)} className={styles.incumbent} />
        <path d={path(candidate.roc)} className={styles.candidate} />
        <text x={MARGIN} y={SIDE + 24}>
          0
        </text>
        <text x={MARGIN + SIDE} y={SIDE + 24} textAnchor="end">
          1
        </text>
        <text x={MARGIN + SIDE / 2} y={SIDE + 38} textAnchor="middle">
          false alarms
        </text>
        <text x={MARGIN - 6} y={18} textAnchor="end">
          1
        </text>
        <text x={14} y={8 + SIDE / 2} textAnchor="middle" transform={`rotate(-90 14 ${8 + SIDE / 2})`}>
          fakes found
        </text>
      </svg>
      <p className={styles.key}>
        <span className={styles.keyCandidate}>this version</span>
        <span className={styles.keyIncumbent}>{report.incumbent_version}</span>
      </p>
    </div>
  );
}
