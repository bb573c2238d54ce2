import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import type { DetectorGroup, TrainableSnapshot } from "@/lib/models";
import { startRun, trainingRunsQuery } from "../api/training";
import styles from "./training.module.css";

interface StartFormProps {
  snapshots: TrainableSnapshot[];
  detectors: DetectorGroup[];
}

function snapshotWords(snapshot: TrainableSnapshot): string {
  return `${snapshot.dataset}, snapshot ${snapshot.sequence}: ${snapshot.clips} clips (${snapshot.manipulated} fake, ${snapshot.authentic} real to train on)`;
}

/** Choose a snapshot, a detector and where to begin; the rest is chosen by the snapshot's size. */
export function StartForm({ snapshots, detectors }: StartFormProps): ReactElement {
  const client = useQueryClient();
  const bases = detectors.flatMap((group) => group.versions.filter((version) => version.is_trainable));
  const inForce = bases.find((version) => version.state === "active") ?? bases[0];
  const [snapshotId, setSnapshotId] = useState(snapshots[0]?.id ?? "");
  const [baseId, setBaseId] = useState(String(inForce?.id ?? ""));
  const [seed, setSeed] = useState<number | string>(1);
  const [steps, setSteps] = useState<number | string>("");
  const base = bases.find((version) => String(version.id) === baseId);
  const starting = useMutation({
    mutationFn: () =>
      startRun({
        snapshot_id: snapshotId,
        detector: base?.detector ?? "",
        base_version_id: base?.id ?? null,
        seed: Number(seed),
        steps: steps === "" ? null : Number(steps),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: trainingRunsQuery.queryKey }),
  });
  return (
    <Card title="Start a run">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          starting.mutate();
        }}
      >
        <div className={styles.form}>
          <NativeSelect
            label="Frozen snapshot"
            value={snapshotId}
            onChange={(event) => setSnapshotId(event.currentTarget.value)}
            data={snapshots.map((snapshot) => ({ value: snapshot.id, label: snapshotWords(snapshot) }))}
          />
          <NativeSelect
            label="Begin with"
            value={baseId}
            onChange={(event) => setBaseId(event.currentTarget.value)}
            data={bases.map((version) => ({ value: String(version.id), label: `${version.detector} ${version.version}${version.state === "active" ? " (in force)" : ""}` }))}
          />
          <NumberInput label="Seed" description="The same seed and data give the same weights" value={seed} onChange={setSeed} min={0} max={2147483647} allowDecimal={false} hideControls required />
          <NumberInput label="Steps (optional)" description="Left empty: by the snapshot’s size" value={steps} onChange={setSteps} min={1} max={20000} allowDecimal={false} hideControls />
        </div>
        {starting.isError ? (
          <Notice tone="danger" title="The run was not started" live="alert">
            <p>{explain(starting.error)}</p>
          </Notice>
        ) : null}
        <Button type="submit" size="md" loading={starting.isPending} disabled={snapshotId === "" || base === undefined}>
          Start training
        </Button>
      </form>
    </Card>
  );
}
