import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { ApiError, explain } from "@/lib/api-error";
import { count } from "@/lib/format";
import type { Dataset } from "@/lib/models";
import { datasetQuery } from "../api/datasets";
import { useDraft } from "../hooks/use-draft";
import { CountsPanel } from "./counts-panel";
import styles from "./datasets.module.css";
import { FilterForm } from "./filter-form";
import { FreezeProgress } from "./freeze-progress";
import { RenameDialog } from "./rename-dialog";
import { SampleTable } from "./sample-table";
import { SnapshotList } from "./snapshot-list";

type Draft = ReturnType<typeof useDraft>;

function FilterCard({ draft, clips }: { draft: Draft; clips: number }): ReactElement {
  const { filters, setFilters, undo, fault, isSaved, isStale, saving } = draft;
  return (
    <Card title="Filters">
      <FilterForm filters={filters} onChange={setFilters} />
      {fault === null ? null : (
        <Notice tone="warn" live="status">
          <p>{fault}</p>
        </Notice>
      )}
      {saving.error === null ? null : (
        <Notice tone="danger" title="The filters could not be saved" live="alert">
          <p>{explain(saving.error)}</p>
        </Notice>
      )}
      <div className={styles.filterActions}>
        <Button variant="default" loading={saving.isPending} disabled={isSaved || fault !== null} onClick={() => saving.mutate()}>
          {isSaved ? "Saved" : "Save filters"}
        </Button>
        {isSaved ? null : (
          <Button variant="subtle" onClick={undo}>
            Undo changes
          </Button>
        )}
        {fault === null ? (
          <span className={styles.quiet} role="status">
            {isStale ? "counting" : `${count(clips, "clip")} ${clips === 1 ? "fits" : "fit"}`}
          </span>
        ) : null}
      </div>
    </Card>
  );
}

function Results({ dataset, draft }: { dataset: Dataset; draft: Draft }): ReactElement {
  const { preview, freezing, isStale } = draft;
  return (
    <div className={styles.main}>
      {freezing.error === null ? null : (
        <Notice tone="danger" title="Nothing was frozen" live="alert">
          <p>{explain(freezing.error)}</p>
        </Notice>
      )}
      {preview.isError ? (
        <Notice tone="danger" title="The counts could not be loaded" live="alert">
          <p>{explain(preview.error)}</p>
          <p>
            <Button size="xs" variant="default" onClick={() => void preview.refetch()}>
              Try again
            </Button>
          </p>
        </Notice>
      ) : (
        <CountsPanel counts={preview.data?.counts ?? dataset.counts} isStale={isStale} />
      )}
      <SnapshotList snapshots={dataset.snapshots} />
      <SampleTable rows={preview.data?.sample ?? []} />
    </div>
  );
}

function DatasetView({ dataset }: { dataset: Dataset }): ReactElement {
  const draft = useDraft(dataset);
  const [isRenaming, setIsRenaming] = useState(false);
  const building = dataset.snapshots.find(({ state }) => state === "building");
  const { clips } = draft.preview.data?.counts ?? dataset.counts;
  return (
    <Page
      title={dataset.name}
      lead={dataset.description === "" ? "Set the filters, look at the counts, then freeze. A snapshot never changes again." : dataset.description}
      actions={
        <>
          <Button component={Link} to="/datasets" variant="default">
            All datasets
          </Button>
          <Button variant="default" onClick={() => setIsRenaming(true)}>
            Name and description
          </Button>
          <Button
            loading={draft.freezing.isPending}
            disabled={building !== undefined || clips === 0 || draft.fault !== null}
            onClick={() => draft.freezing.mutate()}
          >
            {building !== undefined ? "Freezing" : draft.isSaved ? "Freeze a snapshot" : "Save and freeze"}
          </Button>
        </>
      }
    >
      {building === undefined || building.job_id === null ? null : (
        <Card title={`Freezing snapshot ${building.sequence}`} className={styles.building}>
          <FreezeProgress jobId={building.job_id} />
        </Card>
      )}
      <div className={styles.layout}>
        <FilterCard draft={draft} clips={clips} />
        <Results dataset={dataset} draft={draft} />
      </div>
      {isRenaming ? <RenameDialog dataset={dataset} onClose={() => setIsRenaming(false)} /> : null}
    </Page>
  );
}

/** One dataset: filters at the left, what they take and what was frozen at the right. */
export function DatasetPage({ id }: { id: string }): ReactElement {
  const dataset = useQuery(datasetQuery(id));
  if (dataset.isError) {
    const isGone = dataset.error instanceof ApiError && dataset.error.status === 404;
    return (
      <EmptyState
        title={isGone ? "There is no such dataset" : "The dataset could not be loaded"}
        headingLevel={1}
        actions={
          <Button component={Link} to="/datasets">
            All datasets
          </Button>
        }
      >
        <p>{explain(dataset.error)}</p>
      </EmptyState>
    );
  }
  if (dataset.data === undefined) {
    return (
      <Page title="Dataset">
        <Skeleton height={320} role="status" aria-label="Loading the dataset" />
      </Page>
    );
  }
  return <DatasetView key={id} dataset={dataset.data} />;
}
