import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import type { Tone } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { count, dateAndTime, duration, percent } from "@/lib/format";
import type { TrainingRun } from "@/lib/models";
import { cancelJob, retryJob } from "@/lib/jobs";
import { isUnfinished, trainingRunsQuery } from "../api/training";
import { RunChart } from "./run-chart";
import styles from "./training.module.css";

const STATES: Record<TrainingRun["state"], { word: string; tone: Tone }> = {
  queued: { word: "waiting", tone: "neutral" },
  running: { word: "training", tone: "accent" },
  done: { word: "finished", tone: "accent" },
  failed: { word: "failed", tone: "danger" },
  cancelled: { word: "cancelled", tone: "warn" },
};

function Live({ run }: { run: TrainingRun }): ReactElement {
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () => cancelJob(run.job_id ?? ""),
    onSettled: () => client.invalidateQueries({ queryKey: trainingRunsQuery.queryKey }),
  });
  const left = run.eta_s === null ? "" : `, about ${duration(run.eta_s)} left`;
  const doing = run.state === "queued" ? "Waiting for the worker" : `${run.message === "" ? "Starting" : run.message}${left}`;
  return (
    <>
      <div className={styles.live}>
        <span role="status">
          {doing} ({percent(run.progress)})
        </span>
        <Button size="xs" variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
          Cancel
        </Button>
      </div>
      <progress className={styles.bar} value={run.progress} max={1} aria-label={`Training ${run.version}`} />
    </>
  );
}

function Ended({ run }: { run: TrainingRun }): ReactElement {
  const client = useQueryClient();
  const retrying = useMutation({
    mutationFn: () => retryJob(run.job_id ?? ""),
    onSettled: () => client.invalidateQueries({ queryKey: trainingRunsQuery.queryKey }),
  });
  return (
    <Notice tone={run.error === null ? "info" : "danger"} title={run.error === null ? "This run was cancelled" : "This run failed"}>
      {run.error === null ? null : <p>{run.error}</p>}
      {retrying.error === null ? null : <p>{explain(retrying.error)}</p>}
      <p>
        <Button size="xs" variant="default" loading={retrying.isPending} onClick={() => retrying.mutate()}>
          Try again
        </Button>
      </p>
    </Notice>
  );
}

function leftOut(facts: NonNullable<TrainingRun["facts"]>): string {
  const reasons = Object.entries(facts.left_out).map(([reason, number]) => `${number} ${reason}`);
  if (facts.quarantined > 0) reasons.push(`${facts.quarantined} in quarantine`);
  return reasons.length === 0 ? "" : ` Left out: ${reasons.join(", ")}.`;
}

function Result({ run }: { run: TrainingRun }): ReactElement | null {
  const { facts, version_id: versionId } = run;
  if (facts === null || versionId === null) return null;
  const auc = facts.validation_auc === null ? "could not be measured" : facts.validation_auc.toFixed(3);
  return (
    <>
      <p className={styles.facts}>
        Trained on {count(facts.clips, "clip")}, checked on {count(facts.validation_clips, "clip")}; best at step {facts.best_step} of {facts.steps}, where the AUC on
        the validation split {facts.validation_auc === null ? "" : "is "}
        {auc}.{leftOut(facts)}
      </p>
      <p className={styles.facts}>
        <Link to={`/detectors/${versionId}`}>See version {run.version}, and compare it with the one in force</Link>
      </p>
    </>
  );
}

/** One run: what it trains on, how far it is or how it ended, and its curves. */
export function RunItem({ run }: { run: TrainingRun }): ReactElement {
  const state = STATES[run.state];
  return (
    <li className={styles.run}>
      <div className={styles.head}>
        <h3>
          {run.detector} {run.version}
        </h3>
        <Badge tone={state.tone}>{state.word}</Badge>
      </div>
      <p className={styles.facts}>
        On {run.dataset}, snapshot {run.snapshot_sequence}, from version {run.base_version}, seed {run.seed}; started {dateAndTime(run.created_at)}
        {run.started_by === null ? "" : ` by ${run.started_by}`}.
      </p>
      {isUnfinished(run.state) ? <Live run={run} /> : null}
      {run.state === "failed" || run.state === "cancelled" ? <Ended run={run} /> : null}
      {run.state === "done" ? <Result run={run} /> : null}
      {run.history.length === 0 ? null : <RunChart points={run.history} />}
    </li>
  );
}
