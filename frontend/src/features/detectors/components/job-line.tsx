import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { detectorsQuery } from "@/lib/detectors-query";
import { percent } from "@/lib/format";
import { jobQuery } from "@/lib/jobs";
import styles from "./detectors.module.css";

interface JobLineProps {
  jobId: string;
  /** What the job does, as in "Comparing". */
  label: string;
  /** What stands here once it is done. */
  done: string;
}

/** How far a job is; when it has ended, the detectors are asked for anew. */
export function JobLine({ jobId, label, done }: JobLineProps): ReactElement | null {
  const client = useQueryClient();
  const job = useQuery(jobQuery(jobId));
  const state = job.data?.state;
  useEffect(() => {
    if (state !== undefined && state !== "queued" && state !== "running") void client.invalidateQueries({ queryKey: detectorsQuery.queryKey });
  }, [client, state]);
  if (job.isError) {
    return (
      <Notice tone="warn" live="status">
        <p>{explain(job.error)} The work goes on meanwhile.</p>
      </Notice>
    );
  }
  if (job.data === undefined) return null;
  if (state === "failed" || state === "cancelled") {
    return (
      <Notice tone="danger" title={`${label}: it did not come to its end`} live="alert">
        <p>{job.data.error ?? "It was cancelled."}</p>
      </Notice>
    );
  }
  if (state === "done") {
    return (
      <Notice tone="good" live="status">
        <p>{done}</p>
      </Notice>
    );
  }
  return (
    <div>
      <p role="status" className={styles.quiet}>
        {label}: {job.data.message === "" ? "waiting for the worker" : job.data.message} ({percent(job.data.progress)})
      </p>
      <progress className={styles.bar} value={job.data.progress} max={1} aria-label={label} />
    </div>
  );
}
