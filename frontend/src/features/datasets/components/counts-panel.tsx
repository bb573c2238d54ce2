import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { Card } from "@/components/ui/page";
import { cx } from "@/lib/cx";
import { percent } from "@/lib/format";
import type { DatasetCounts } from "@/lib/models";
import styles from "./datasets.module.css";

const LABELS = [
  ["manipulated", "manipulated"],
  ["authentic", "no manipulation found, or authentic"],
  ["none", "without a hard label (inconclusive)"],
] as const;

function Balance({ counts }: { counts: DatasetCounts }): ReactElement {
  const shares = LABELS.map(([label, words]) => ({ label, words, clips: counts.by_label[label] ?? 0 }));
  return (
    <>
      <div className={styles.bar} aria-hidden>
        {shares.map(({ label, clips }) => (clips === 0 ? null : <span key={label} className={styles[label]} style={{ flexGrow: clips }} />))}
      </div>
      <ul className={styles.key}>
        {shares.map(({ label, words, clips }) => (
          <li key={label}>
            <span className={cx(styles.swatch, styles[label])} aria-hidden />
            {clips.toLocaleString("en")} {words}
          </li>
        ))}
      </ul>
      {counts.share_manipulated === null ? null : (
        <p className={styles.note}>Of the clips with a hard label, {percent(counts.share_manipulated)} are manipulated.</p>
      )}
    </>
  );
}

function Splits({ splits, rule }: { splits: NonNullable<DatasetCounts["by_split"]>; rule: string | undefined }): ReactElement {
  const isThin = splits.some(({ manipulated, authentic }) => manipulated === 0 || authentic === 0);
  return (
    <section aria-label="Splits">
      <h3>Splits</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">split</th>
            <th scope="col" className={styles.number}>clips</th>
            <th scope="col" className={styles.number}>groups</th>
            <th scope="col" className={styles.number}>fake</th>
            <th scope="col" className={styles.number}>real</th>
          </tr>
        </thead>
        <tbody>
          {splits.map(({ split, clips, groups, manipulated, authentic }) => (
            <tr key={split}>
              <th scope="row">{split}</th>
              {[clips, groups, manipulated, authentic].map((value, place) => (
                <td key={place} className={styles.number}>{value.toLocaleString("en")}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>
        <Icon name="check" size={16} />
        Near-duplicates stand in one split, and stay in it in every later snapshot.
      </p>
      {rule === undefined ? null : <p className={styles.note}>{rule}</p>}
      {isThin ? (
        <p className={styles.note}>
          <Icon name="warn" size={16} />
          A split lacks one of the labels: too few clips to test a detector on.
        </p>
      ) : null}
    </section>
  );
}

function Licences({ licences }: { licences: DatasetCounts["licences"] }): ReactElement {
  return (
    <section aria-label="Licences">
      <h3>Licences</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">as given at upload</th>
            <th scope="col" className={styles.number}>clips</th>
          </tr>
        </thead>
        <tbody>
          {licences.slice(0, 6).map(({ licence, clips, is_open: isOpen }) => (
            <tr key={licence ?? ""}>
              <th scope="row">
                {licence ?? "none given"}
                {isOpen ? " (open)" : ""}
              </th>
              <td className={styles.number}>{clips.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {licences.length > 6 ? <p className={styles.note}>and {licences.length - 6} more</p> : null}
    </section>
  );
}

/** What the filters take now; faded while a newer answer is on its way. */
export function CountsPanel({ counts, isStale }: { counts: DatasetCounts; isStale: boolean }): ReactElement {
  return (
    <Card title="What the filters take now">
      <div className={cx(isStale && styles.stale)} aria-live="polite" aria-busy={isStale}>
        <dl className={styles.counts}>
          {(["clips", "votes", "groups"] as const).map((name) => (
            <div key={name}>
              <dt>{name === "groups" ? "groups of near-duplicates" : name}</dt>
              <dd>{counts[name].toLocaleString("en")}</dd>
            </div>
          ))}
        </dl>
        {counts.clips === 0 ? (
          <p className={styles.quiet}>No closed clip fits. Take a filter away, or wait until more clips close. In a demonstration, tick “Simulated clips and votes too”.</p>
        ) : (
          <>
            <Balance counts={counts} />
            <div className={styles.tables}>
              {counts.by_split === null ? null : <Splits splits={counts.by_split} rule={counts.split_rule?.sentence} />}
              <Licences licences={counts.licences} />
            </div>
          </>
        )}
      </div>
    </Card>
  );
}
