import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { shortId } from "@/lib/format";
import type { SnapshotDifference, SnapshotSummary } from "@/lib/models";
import { diffQuery } from "../api/datasets";
import styles from "./datasets.module.css";

const word = (label: string | null) => label ?? "no label";

function Changes({ found }: { found: SnapshotDifference }): ReactElement {
  const { added, removed, flipped, changes, is_complete: isComplete } = found;
  return (
    <>
      <dl className={styles.counts}>
        {([["added", added], ["removed", removed], ["labels flipped", flipped]] as const).map(([name, number]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{number.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      {changes.length === 0 ? (
        <p className={styles.quiet}>The same clips with the same hard labels.</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">clip</th>
              <th scope="col">change</th>
              <th scope="col">hard label</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.clip_id}>
                <td>
                  <Link to={`/clips/${change.clip_id}`} className={styles.mono}>
                    {shortId(change.clip_id)}
                  </Link>
                </td>
                <td>{change.change}</td>
                <td>
                  {change.change === "flipped"
                    ? `${word(change.label_before)} → ${word(change.label_after)}`
                    : word(change.change === "added" ? change.label_after : change.label_before)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isComplete ? null : <p className={styles.note}>These are the first {changes.length}; `clipjury datasets diff` compares whole files.</p>}
    </>
  );
}

interface DiffDialogProps {
  before: SnapshotSummary;
  after: SnapshotSummary;
  onClose: () => void;
}

export function DiffDialog({ before, after, onClose }: DiffDialogProps): ReactElement {
  const diff = useQuery(diffQuery(after.id, before.id));
  return (
    <Dialog title={`From snapshot ${before.sequence} to snapshot ${after.sequence}`} size="lg" onClose={onClose}>
      {diff.isError ? (
        <Notice tone="danger" title="They could not be compared" live="alert">
          <p>{explain(diff.error)}</p>
        </Notice>
      ) : diff.data === undefined ? (
        <Skeleton height={120} role="status" aria-label="Comparing" />
      ) : (
        <Changes found={diff.data} />
      )}
    </Dialog>
  );
}
