import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { detectorsQuery } from "@/lib/detectors-query";
import { trainingRunsQuery } from "../api/training";
import { RunItem } from "./run-item";
import { StartForm } from "./start-form";
import styles from "./training.module.css";

function NoSnapshot(): ReactElement {
  return (
    <EmptyState
      title="There is no frozen snapshot yet"
      actions={
        <Button component={Link} to="/datasets">
          Go to datasets
        </Button>
      }
    >
      <p>A detector is trained on a snapshot: labels that no longer move. Make a dataset of closed clips and freeze it; then a run can start here.</p>
    </EmptyState>
  );
}

/** Start a run from a frozen snapshot, and watch the runs there are. */
export function TrainingDesk(): ReactElement {
  const runs = useQuery(trainingRunsQuery);
  const detectors = useQuery(detectorsQuery);
  const failure = runs.error ?? detectors.error;
  if (failure !== null) {
    return (
      <Notice tone="danger" title="The runs could not be loaded" live="alert">
        <p>{explain(failure)}</p>
      </Notice>
    );
  }
  if (runs.data === undefined || detectors.data === undefined) return <Skeleton height={260} role="status" aria-label="Loading the runs" />;
  const { items, snapshots } = runs.data;
  return (
    <div className={styles.stack}>
      {snapshots.length === 0 ? <NoSnapshot /> : <StartForm snapshots={snapshots} detectors={detectors.data.items} />}
      {items.length === 0 ? null : (
        <Card title="Runs">
          <ul className={styles.runs}>
            {items.map((run) => (
              <RunItem key={run.id} run={run} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}
