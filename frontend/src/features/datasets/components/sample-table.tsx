import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge } from "@/components/clip/badges";
import { SimulatedBadge } from "@/components/ui/badge";
import { Card } from "@/components/ui/page";
import { ANSWERS } from "@/lib/answers";
import { cx } from "@/lib/cx";
import { percent, shortId } from "@/lib/format";
import type { ResponseLabel, SampleRow } from "@/lib/models";
import styles from "./datasets.module.css";

const SAID: ResponseLabel[] = ["manipulated", "authentic", "unsure"];

function votesInWords(row: SampleRow): string {
  const said = SAID.map((label) => ({ label, n: row.votes.filter((vote) => vote.label === label).length }));
  return said.filter(({ n }) => n > 0).map(({ label, n }) => `${n} ${ANSWERS[label].word.toLowerCase()}`).join(", ");
}

/** The newest clips that the filters take, as a snapshot would hold them. */
export function SampleTable({ rows }: { rows: SampleRow[] }): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <Card title="The newest of them">
      <table className={cx(styles.table, styles.sample)}>
        <thead>
          <tr>
            <th scope="col">clip</th>
            <th scope="col">outcome</th>
            <th scope="col">soft label</th>
            <th scope="col">votes</th>
            <th scope="col">split</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.clip_id}>
              <td data-label="clip">
                <span>
                  <Link to={`/clips/${row.clip_id}`} className={styles.mono}>
                    {shortId(row.clip_id)}
                  </Link>{" "}
                  {row.is_simulated ? <SimulatedBadge /> : null}
                </span>
              </td>
              <td data-label="outcome">
                <OutcomeBadge outcome={row.outcome} />
              </td>
              <td data-label="soft label" className={styles.soft}>
                <span>
                  {percent(row.soft_label)}
                  <span className={styles.softBar} aria-hidden>
                    <span style={{ width: `${row.soft_label * 100}%` }} />
                  </span>
                </span>
              </td>
              <td data-label="votes">{votesInWords(row)}</td>
              <td data-label="split">{row.split ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>
        The soft label is P(manipulated) by people alone: train on it. Whoever has seen these rows is not asked to judge near-duplicates of them.
      </p>
    </Card>
  );
}
