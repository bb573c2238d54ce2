import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { percent } from "@/lib/format";
import { cancelJob, jobQuery, retryJob } from "@/lib/jobs";
import { datasetsQuery } from "../api/datasets";
import styles from "./datasets.module.css";

/** How far a freeze is; when it has ended, the dataset is asked for anew. */
export function FreezeProgress({ jobId }: { jobId: string }): ReactElement | null {
  const client = useQueryClient();
  const job = useQuery(jobQuery(jobId));
  const state = job.data?.state;
  useEffect(() => {
    if (state !== undefined && state !== "queued" && state !== "running") void client.invalidateQueries({ queryKey: datasetsQuery.queryKey });
  }, [client, state]);
  const cancelling = useMutation({
    mutationFn: () => cancelJob(jobId),
    onSuccess: (ended) => client.setQueryData(jobQuery(jobId).queryKey, ended),
  });
  if (job.isError) {
    return (
      <Notice tone="warn" live="status">
        <p>{explain(job.error)} The freeze goes on meanwhile.</p>
      </Notice>
    );
  }
  if (job.data === undefined || (state !== "queued" && state !== "running")) return null;
  const { progress, message } = job.data;
  return (
    <div className={styles.progress}>
      <div className={styles.progressLine}>
        <span role="status">
          {state === "queued" ? "Waiting for the worker" : message === "" ? "Beginning" : message} ({percent(progress)})
        </span>
        <Button size="xs" variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
          Cancel
        </Button>
      </div>
      {cancelling.error === null ? null : <p className={styles.quiet}>{explain(cancelling.error)}</p>}
      <progress value={progress} max={1} aria-label="How far the freeze is" />
    </div>
  );
}

/** A build that has failed: why, and another try. */
export function FailedFreeze({ jobId, error }: { jobId: string; error: string | null }): ReactElement {
  const client = useQueryClient();
  const retrying = useMutation({
    mutationFn: () => retryJob(jobId),
    onSuccess: async (queued) => {
      client.setQueryData(jobQuery(jobId).queryKey, queued);
      await client.invalidateQueries({ queryKey: datasetsQuery.queryKey });
    },
  });
  return (
    <Notice tone={error === null ? "info" : "danger"} title={error === null ? "This freeze was cancelled" : "This freeze failed"}>
      {error === null ? null : <p>{error}</p>}
      {retrying.error === null ? null : <p>{explain(retrying.error)}</p>}
      <p>
        <Button size="xs" variant="default" loading={retrying.isPending} onClick={() => retrying.mutate()}>
          Try again
        </Button>
      </p>
    </Notice>
  );
}
