import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import styles from "./labels.module.css";

const COLUMNS: [string, string][] = [
  ["clip_id, sha256, group_id", "The clip; its original bytes; its group of near-duplicates. Split by group_id, so that no copy of a clip is in training and test both."],
  ["kind, duration_s, frames, width_px, height_px", "Video or image, and its measures."],
  ["source, licence", "As the uploader gave them; may be empty."],
  ["is_simulated", "True for demonstration material. Leave these out of anything serious."],
  ["outcome", "manipulated, no_manipulation_found, inconclusive, or authentic (by provenance or adjudication only)."],
  ["hard_label", "manipulated or authentic for training; empty where the outcome is inconclusive."],
  ["soft_label, p_people", "P(manipulated) by people alone. Train on this one: no detector touched it."],
  ["p_full, p_low, p_high", "P(manipulated) by people and detectors together, with its interval. Never train a detector on it: it would learn from itself."],
  ["n_effective, votes_count", "Votes, and how many independent ones they are worth."],
  ["retirement_reason, retired_at", "Why and when the clip stopped collecting votes: evidence, or cap."],
  ["reliability_version, policy_version", "Which reliabilities and which rule the figures come from."],
  ["votes", "Every raw vote: pseudonym, label, confidence, kinds, ranges, cues, reason. In CSV as JSON in one cell."],
];

/** What the columns of a download mean. */
export function LabelColumns(): ReactElement {
  return (
    <Card title="What the columns mean">
      <dl className={styles.columns}>
        {COLUMNS.map(([names, meaning]) => (
          <div key={names}>
            <dt>{names}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
