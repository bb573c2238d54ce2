import { Button, Progress } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/page";
import { ago, percent } from "@/lib/format";
import type { Job, ListedJob } from "@/lib/models";
import { isUnfinished, jobsQuery, useCancelJob, useRetryJob } from "../api/jobs";
import { JOB_STATES, jobKind, subjectPath, subjectWords } from "../words";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { FailedClips } from "./failed-clips";
import { QueryState, Refusal, ShowMore } from "./query-state";
import { WorkInHand } from "./work-in-hand";

const STATES = Object.keys(JOB_STATES) as Job["state"][];

export function Subject({ subject }: { subject: string }): ReactElement {
  const path = subjectPath(subject);
  const words = subjectWords(subject);
  return path === null ? <span>{words}</span> : <Link to={path}>{words}</Link>;
}

function JobState({ job }: { job: ListedJob }): ReactElement {
  const { word, icon, tone } = JOB_STATES[job.state];
  return (
    <>
      <Badge icon={icon} tone={tone}>
        {word}
      </Badge>
      {job.state === "running" ? (
        <div className={styles.progress}>
          <Progress value={job.progress * 100} mt={8} aria-label={`${jobKind(job.kind)}: ${percent(job.progress)}`} />
          <span className={styles.quiet}>{job.message}</span>
        </div>
      ) : null}
      {job.error === null ? null : <p className={styles.quiet}>{job.error}</p>}
    </>
  );
}

function JobRow({ job, nowMs }: { job: ListedJob; nowMs: number }): ReactElement {
  const retry = useRetryJob();
  const cancel = useCancelJob();
  const canRetry = job.state === "failed" || job.state === "cancelled";
  return (
    <tr role="row">
      <td role="cell">
        <span className={styles.name}>{jobKind(job.kind)}</span>
        <Subject subject={job.subject} />
      </td>
      <td role="cell" className={styles.wide}>
        <JobState job={job} />
        <Refusal error={retry.error ?? cancel.error} title="That did not work" />
      </td>
      <td role="cell" className={styles.wide}>
        {ago(job.created_at, nowMs)}, {job.requested_by ?? "the installation"}
        {job.attempts > 1 ? `, try ${job.attempts}` : ""}
      </td>
      <td role="cell" className={styles.act}>
        {canRetry ? (
          <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(job.id)}>
            Try again
          </Button>
        ) : null}
        {isUnfinished(job) ? (
          <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            Cancel
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function JobsCard(): ReactElement {
  const [query, setQuery] = useSearchParams();
  const state = STATES.find((one) => one === query.get("state")) ?? null;
  const jobs = useInfiniteQuery(jobsQuery(state));
  const items = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title="Jobs that somebody waits for">
      <div className={styles.bar}>
        <label className={styles.field}>
          State
          <select value={state ?? ""} onChange={(event) => setQuery(event.currentTarget.value === "" ? {} : { state: event.currentTarget.value }, { replace: true })}>
            <option value="">any</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {JOB_STATES[one].word}
              </option>
            ))}
          </select>
        </label>
      </div>
      <QueryState query={jobs} what="jobs" />
      {jobs.data !== undefined && items.length === 0 ? (
        <p className={styles.quiet}>{state === null ? "None yet. Freezes of datasets, training runs and previews of policies appear here." : "No job is in this state."}</p>
      ) : null}
      {items.length === 0 ? null : (
        <AdminTable label="Jobs" columns={["Job", "State", "Asked for"]} act="Try again or cancel">
          {items.map((job) => (
            <JobRow key={job.id} job={job} nowMs={jobs.dataUpdatedAt} />
          ))}
        </AdminTable>
      )}
      <div className={styles.more}>
        <ShowMore query={jobs} />
      </div>
    </Card>
  );
}

/** Everything that runs in the background: how it gets on, what failed, and another try. */
export function JobsView(): ReactElement {
  return (
    <>
      <WorkInHand />
      <JobsCard />
      <FailedClips />
    </>
  );
}
