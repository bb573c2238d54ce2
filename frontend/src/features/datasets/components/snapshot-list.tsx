import { Button } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { count, dateAndTime, fileSize } from "@/lib/format";
import type { SnapshotSummary } from "@/lib/models";
import { downloadsOf } from "../downloads";
import { describe } from "../filters";
import styles from "./datasets.module.css";
import { DiffDialog } from "./diff-dialog";
import { FailedFreeze } from "./freeze-progress";

function Compare({ snapshot, others }: { snapshot: SnapshotSummary; others: SnapshotSummary[] }): ReactElement | null {
  const [before, setBefore] = useState<string>(others[0]?.id ?? "");
  const [isOpen, setIsOpen] = useState(false);
  const chosen = others.find(({ id }) => id === before) ?? others[0];
  if (chosen === undefined) return null;
  return (
    <div className={styles.compare}>
      <label>
        What changed since{" "}
        <select value={chosen.id} onChange={(event) => setBefore(event.currentTarget.value)}>
          {others.map(({ id, sequence }) => (
            <option key={id} value={id}>
              snapshot {sequence}
            </option>
          ))}
        </select>
      </label>
      <Button size="xs" variant="default" onClick={() => setIsOpen(true)}>
        Compare
      </Button>
      {isOpen ? <DiffDialog before={chosen} after={snapshot} onClose={() => setIsOpen(false)} /> : null}
    </div>
  );
}

function Frozen({ snapshot, others }: { snapshot: SnapshotSummary; others: SnapshotSummary[] }): ReactElement {
  const filters = describe(snapshot.filters);
  return (
    <>
      <p className={styles.quiet}>
        {count(snapshot.clips_count ?? 0, "clip")}, {count(snapshot.votes_count ?? 0, "vote")}
        {filters.length === 0 ? ", every closed clip" : `: ${filters.join(", ")}`}
      </p>
      <code className={styles.hash} title="SHA-256 of the content, the same in every format">
        {snapshot.content_sha256}
      </code>
      {snapshot.rows_withheld === 0 ? null : (
        <Notice tone="warn">
          <p>{count(snapshot.rows_withheld, "row")} withheld: the clips are in quarantine. Downloads leave them out; the hash still names what was frozen.</p>
        </Notice>
      )}
      <ul className={styles.downloads} aria-label={`Downloads of snapshot ${snapshot.sequence}`}>
        {downloadsOf(snapshot).map(({ label, href, sizeBytes, hint }) => (
          <li key={label}>
            <Button component="a" href={href} download size="xs" variant="default" title={hint}>
              {label}
              {sizeBytes === null ? null : <span className={styles.size}>{fileSize(sizeBytes)}</span>}
            </Button>
          </li>
        ))}
      </ul>
      <Compare snapshot={snapshot} others={others} />
    </>
  );
}

function Entry({ snapshot, others }: { snapshot: SnapshotSummary; others: SnapshotSummary[] }): ReactElement {
  const { state, job_id: jobId } = snapshot;
  return (
    <li className={styles.snapshot}>
      <div className={styles.snapshotHead}>
        <h3>Snapshot {snapshot.sequence}</h3>
        <span className={styles.quiet}>
          {snapshot.frozen_at === null ? `asked for ${dateAndTime(snapshot.created_at)}` : `frozen ${dateAndTime(snapshot.frozen_at)}`}
        </span>
      </div>
      {state === "frozen" ? <Frozen snapshot={snapshot} others={others} /> : null}
      {state === "building" ? <p className={styles.quiet}>being built</p> : null}
      {state === "failed" && jobId !== null ? <FailedFreeze jobId={jobId} error={snapshot.error} /> : null}
    </li>
  );
}

/** What was frozen, newest first; each can be compared with those that are frozen before it. */
export function SnapshotList({ snapshots }: { snapshots: SnapshotSummary[] }): ReactElement {
  const frozen = snapshots.filter(({ state }) => state === "frozen");
  return (
    <Card title="Snapshots">
      {snapshots.length === 0 ? (
        <p className={styles.quiet}>Nothing is frozen yet. Set the filters, then freeze: the snapshot gets files to download, and a hash that proves them.</p>
      ) : (
        <ul className={styles.snapshots}>
          {snapshots.map((snapshot) => (
            <Entry key={snapshot.id} snapshot={snapshot} others={frozen.filter(({ sequence }) => sequence < snapshot.sequence)} />
          ))}
        </ul>
      )}
    </Card>
  );
}
