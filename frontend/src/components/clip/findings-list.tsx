import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import type { Tone } from "@/components/ui/badge";
import { timecode } from "@/lib/format";
import { placedFindings } from "@/lib/findings";
import type { Finding, Score } from "@/lib/models";
import styles from "./findings-list.module.css";

const STRENGTHS: Record<Finding["strength"], { word: string; tone: Tone; title: string }> = {
  fact: { word: "written in the file", tone: "neutral", title: "As easily written as changed" },
  weak: { word: "weak", tone: "unsure", title: "The statistic stands out a little" },
  moderate: { word: "moderate", tone: "warn", title: "The statistic stands out" },
  strong: { word: "clear", tone: "accent", title: "The statistic stands out clearly" },
};

interface FindingsListProps {
  scores: Score[];
  onSeek: ((frame: number) => void) | null;
}

function Place({ finding, onSeek }: { finding: Finding; onSeek: FindingsListProps["onSeek"] }): ReactElement | null {
  const { start_frame: frame, start_s: start, end_s: end } = finding;
  if (frame === null || start === null) return null;
  const words = end === null || end === start ? timecode(start) : `${timecode(start)}–${timecode(end)}`;
  if (onSeek === null) return <span className={styles.place}>{words}</span>;
  return (
    <button type="button" className={styles.place} aria-label={`Show frame ${frame}, at ${timecode(start)}`} onClick={() => onSeek(frame)}>
      {words}
    </button>
  );
}

/** What detectors in force found, in words. Findings move nothing, and none says that a clip is manipulated. */
export function FindingsList({ scores, onSeek }: FindingsListProps): ReactElement | null {
  const looked = scores.filter((score) => score.current && score.findings.length > 0);
  if (looked.length === 0) return null;
  return (
    <section aria-label="Findings" className={styles.findings}>
      <p className={styles.lead}>
        Traces of how the file was made. They move no figure: tags can be changed, and editing is no manipulation by itself.
        {placedFindings(scores).length === 0 ? "" : " Those with a time stand on the time axis."}
      </p>
      {looked.map((score) => (
        <div key={`${score.detector} ${score.version}`}>
          <h3 className={styles.detector}>
            {score.detector} <span>{score.version}</span>
          </h3>
          <ul className={styles.list}>
            {score.findings.map((finding, index) => (
              <li key={index}>
                <Badge tone={STRENGTHS[finding.strength].tone} title={STRENGTHS[finding.strength].title}>
                  {STRENGTHS[finding.strength].word}
                </Badge>
                <Place finding={finding} onSeek={onSeek} />
                <span className={styles.words}>{finding.words}</span>
                <span className={styles.basis}>{finding.basis}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
