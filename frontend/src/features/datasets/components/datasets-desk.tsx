import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Page } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { ago, count } from "@/lib/format";
import type { ListedDataset } from "@/lib/models";
import { datasetsQuery } from "../api/datasets";
import styles from "./datasets.module.css";
import { NewDatasetDialog } from "./new-dataset-dialog";

function DatasetRow({ dataset, nowMs }: { dataset: ListedDataset; nowMs: number }): ReactElement {
  return (
    <li className={styles.listed}>
      <div>
        <Link to={`/datasets/${dataset.id}`} className={styles.listedName}>
          {dataset.name}
        </Link>
        {dataset.description === "" ? null : <p className={styles.quiet}>{dataset.description}</p>}
      </div>
      <p className={styles.listedFacts}>
        {dataset.frozen_at === null || dataset.clips_count === null ? (
          "draft, nothing frozen yet"
        ) : (
          <>
            <b>{count(dataset.clips_count, "clip")}</b>
            <span>
              {count(dataset.snapshots, "snapshot")}, last {ago(dataset.frozen_at, nowMs)}
            </span>
          </>
        )}
      </p>
    </li>
  );
}

function FirstDataset({ onNew }: { onNew: () => void }): ReactElement {
  return (
    <EmptyState title="No dataset yet" actions={<Button onClick={onNew}>Make a dataset</Button>}>
      <p>
        A dataset is a choice of closed clips. Give it a name, set filters while you watch the counts, then freeze it: a snapshot never changes
        again, and a hash proves it.
      </p>
    </EmptyState>
  );
}

/** The curator's first page: what there is, and the button that begins another. */
export function DatasetsDesk(): ReactElement {
  const datasets = useQuery(datasetsQuery);
  const [isNew, setIsNew] = useState(false);
  const items = datasets.data?.items;
  return (
    <Page
      title="Datasets"
      lead="Choose closed clips by filters, freeze them into a snapshot that never changes, download it with its proof."
      actions={
        <>
          <Button component={Link} to="/labels" variant="default">
            Quick download of all labels
          </Button>
          {items === undefined || items.length === 0 ? null : <Button onClick={() => setIsNew(true)}>New dataset</Button>}
        </>
      }
    >
      {datasets.isError ? (
        <Notice tone="danger" title="The datasets could not be loaded" live="alert">
          <p>{explain(datasets.error)}</p>
          <p>
            <Button size="xs" variant="default" onClick={() => void datasets.refetch()}>
              Try again
            </Button>
          </p>
        </Notice>
      ) : items === undefined ? (
        <Skeleton height={180} role="status" aria-label="Loading datasets" />
      ) : items.length === 0 ? (
        <FirstDataset onNew={() => setIsNew(true)} />
      ) : (
        <ul className={styles.list} aria-label="Datasets">
          {items.map((dataset) => (
            <DatasetRow key={dataset.id} dataset={dataset} nowMs={datasets.dataUpdatedAt} />
          ))}
        </ul>
      )}
      {isNew ? <NewDatasetDialog onClose={() => setIsNew(false)} /> : null}
    </Page>
  );
}
