import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { detectorsQuery } from "@/lib/detectors-query";
import type { DetectorDetail, User } from "@/lib/models";
import { hasRole } from "@/lib/roles";
import { compare, promote, rollBack } from "../api/detectors";
import { inForceWords } from "../gate-words";
import styles from "./detectors.module.css";
import { JobLine } from "./job-line";
import { ReasonDialog } from "./reason-dialog";

type Asked = "override" | "rollback" | null;

function useDecisions(detail: DetectorDetail, close: () => void) {
  const client = useQueryClient();
  const { id } = detail.version;
  const refresh = () => client.invalidateQueries({ queryKey: detectorsQuery.queryKey });
  const onSuccess = async () => {
    close();
    await refresh();
  };
  return {
    comparing: useMutation({ mutationFn: () => compare(id), onSuccess: refresh }),
    promoting: useMutation({ mutationFn: (reason: string | null) => promote(id, reason), onSuccess }),
    rollingBack: useMutation({ mutationFn: (reason: string) => rollBack(id, reason), onSuccess }),
  };
}

/** What can be done with this version: compare, promote, override with a reason, take back. */
export function DecideCard({ detail, user }: { detail: DetectorDetail; user: User }): ReactElement {
  const [asked, setAsked] = useState<Asked>(null);
  const { comparing, promoting, rollingBack } = useDecisions(detail, () => setAsked(null));
  const { version, report } = detail;
  const isActive = version.state === "active";
  const isFresh = report !== null && !report.is_outdated;
  const mayPass = isFresh && report.outcome === "passed";
  const job = promoting.data?.job.id ?? rollingBack.data?.job.id;
  const comparison = version.comparison_job_id ?? comparing.data?.id;
  const error = asked === null ? (comparing.error ?? promoting.error ?? rollingBack.error) : null;
  const canRollBack = isActive && detail.promotions.some((row) => row.version_id === version.id && row.kind !== "rollback" && row.previous_version !== null);
  return (
    <Card title="Decide">
      <p className={styles.quiet}>
        {isActive
          ? inForceWords(version)
          : mayPass
            ? "The gate has passed this version. It can take the place of the one in force."
            : "The gate has not passed this version, so it cannot be promoted; an admin can override the gate with a reason."}
      </p>
      <div className={styles.news}>
        {comparison === undefined ? null : <JobLine jobId={comparison} label="Comparing on gate items" done="The comparison is done; its report stands below." />}
        {job === undefined ? null : <JobLine jobId={job} label="Scoring the backlog" done="All clips have been brought to the version in force." />}
        {error === null ? null : (
          <Notice tone="danger" live="alert">
            <p>{explain(error)}</p>
          </Notice>
        )}
      </div>
      <div className={styles.buttons}>
        {isActive ? null : (
          <Button variant={mayPass ? "default" : "filled"} loading={comparing.isPending} disabled={version.comparison_job_id !== null} onClick={() => comparing.mutate()}>
            Compare with the version in force
          </Button>
        )}
        {mayPass && !isActive ? (
          <Button loading={promoting.isPending} onClick={() => promoting.mutate(null)}>
            Promote
          </Button>
        ) : null}
        {!isActive && !mayPass && hasRole(user, "admin") ? (
          <Button variant="default" onClick={() => setAsked("override")}>
            Override the gate
          </Button>
        ) : null}
        {canRollBack ? (
          <Button variant="default" onClick={() => setAsked("rollback")}>
            Take back
          </Button>
        ) : null}
      </div>
      {asked === "override" ? (
        <ReasonDialog title="Promote against the gate" action="Promote" isPending={promoting.isPending} error={promoting.error} onConfirm={(reason) => promoting.mutate(reason)} onClose={() => setAsked(null)}>
          <p>The gate has not passed this version. Its scores will count all the same, until it is taken back.</p>
        </ReasonDialog>
      ) : null}
      {asked === "rollback" ? (
        <ReasonDialog title="Take this version back" action="Take back" isPending={rollingBack.isPending} error={rollingBack.error} onConfirm={(reason) => rollingBack.mutate(reason)} onClose={() => setAsked(null)}>
          <p>The version before it comes into force again at once, with the scores it gave. No verdict is changed by it.</p>
        </ReasonDialog>
      ) : null}
    </Card>
  );
}
