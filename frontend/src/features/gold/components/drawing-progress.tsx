import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { percent } from "@/lib/format";
import type { Job } from "@/lib/models";
import { drawingQuery, isUnfinished, useCancelDrawing, useRetryDrawing } from "../api/gold";
import styles from "./gold.module.css";

function Underway({ job }: { job: Job }): ReactElement {
  const cancel = useCancelDrawing();
  return (
    <Card title="Drawing gold">
      <progress className={styles.meter} value={job.progress} max={1} aria-label="Drawing gold" />
      <div className={styles.line}>
        <span role="status">
          {job.state === "queued" ? "Waiting for the worker" : `${job.message || "Beginning"}: ${percent(job.progress)}`}
        </span>
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
          Stop
        </Button>
      </div>
      {cancel.isError ? <p>{explain(cancel.error)}</p> : null}
    </Card>
  );
}

/** How far the drawing of gold is, and what to do when it has failed. */
export function DrawingProgress(): ReactElement | null {
  const client = useQueryClient();
  const drawing = useQuery(drawingQuery);
  const retry = useRetryDrawing();
  const job = drawing.data;
  const isDone = job?.state === "done";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: ["gold"] });
  }, [client, isDone]);
  if (job === null || job === undefined) return null;
  if (isUnfinished(job)) return <Underway job={job} />;
  if (job.state !== "failed") return null;
  return (
    <Notice tone="danger" title="The last drawing of gold failed" live="status">
      <p>{job.error}</p>
      {retry.isError ? <p>{explain(retry.error)}</p> : null}
      <p>
        <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(job.id)}>
          Try again
        </Button>
      </p>
    </Notice>
  );
}
