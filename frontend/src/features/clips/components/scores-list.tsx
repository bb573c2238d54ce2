import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { count, percent } from "@/lib/format";
import type { Score } from "@/lib/models";
import styles from "./scores-list.module.css";

function scoreWords(score: Score): string {
  if (score.error !== null) return `It failed on this file: ${score.error}`;
  if (score.p_manipulated === null) {
    const why = score.faces === 0 ? "it found no face, and it judges faces only" : "the clip lies outside what it was made for";
    return `It abstains: ${why}. An abstention moves nothing.`;
  }
  const basis = score.faces > 0 ? `${count(score.frames_used, "frame")}, ${count(score.faces, "face")}` : count(score.frames_used, "frame");
  return `Looked at ${basis}.`;
}

/** What the detectors say, with what they do not say. */
export function ScoresList({ scores }: { scores: Score[] }): ReactElement {
  if (scores.length === 0) return <p className={styles.none}>No detector has looked at this clip yet.</p>;
  return (
    <ul className={styles.list}>
      {scores.map((score) => (
        <li key={`${score.detector} ${score.version}`} className={styles.score}>
          <div className={styles.head}>
            <strong>{score.detector}</strong> <span className={styles.version}>{score.version}</span>
            {score.p_manipulated === null || score.calibrated ? null : (
              <Badge tone="warn" icon="info" title="Its figures were not checked against enough clips of known truth">
                uncalibrated
              </Badge>
            )}
            <span className={styles.figure}>{score.p_manipulated === null ? "no answer" : percent(score.p_manipulated)}</span>
          </div>
          {score.p_manipulated === null ? null : (
            <div className={styles.bar} aria-hidden>
              <span style={{ width: `${score.p_manipulated * 100}%` }} />
            </div>
          )}
          <p className={styles.words}>{scoreWords(score)}</p>
        </li>
      ))}
    </ul>
  );
}
