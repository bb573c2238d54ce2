import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { whyNoScore } from "@/lib/findings";
import { count, percent } from "@/lib/format";
import type { Score } from "@/lib/models";
import styles from "./scores-list.module.css";

function scoreWords(score: Score): string {
  if (score.error !== null) return `It failed on this file: ${score.error}`;
  if (score.abstention === "facts_only") {
    return score.findings.length === 0 ? "It never gives a score, and it found nothing to tell." : `It never gives a score. It found ${count(score.findings.length, "trace")}.`;
  }
  if (score.p_manipulated === null) {
    return `It abstains: ${whyNoScore(score)}. An abstention moves nothing.`;
  }
  const basis = score.faces > 0 ? `${count(score.frames_used, "frame")}, ${count(score.faces, "face")}` : count(score.frames_used, "frame");
  return `Looked at ${basis}.`;
}

function ScoreRow({ score }: { score: Score }): ReactElement {
  return (
    <li className={styles.score}>
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
  );
}

/** What the detectors say, with what they do not say; versions that are no longer in force apart, for the record. */
export function ScoresList({ scores }: { scores: Score[] }): ReactElement {
  const current = scores.filter((score) => score.current);
  const earlier = scores.filter((score) => !score.current);
  return (
    <>
      {current.length === 0 ? <p className={styles.none}>No detector in force has looked at this clip yet.</p> : null}
      <ul className={styles.list}>
        {current.map((score) => (
          <ScoreRow key={`${score.detector} ${score.version}`} score={score} />
        ))}
      </ul>
      {earlier.length === 0 ? null : (
        <details className={styles.earlier}>
          <summary>Scores of versions that are not in force ({earlier.length})</summary>
          <p className={styles.none}>They are kept for the record and move nothing.</p>
          <ul className={styles.list}>
            {earlier.map((score) => (
              <ScoreRow key={`${score.detector} ${score.version}`} score={score} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
