import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { detectorsQuery } from "@/lib/detectors-query";
import { dateAndTime } from "@/lib/format";
import type { DetectorVersion } from "@/lib/models";
import { aucWords, OUTCOME_WORDS, STATE_WORDS } from "../gate-words";
import styles from "./detectors.module.css";
import { GateCard } from "./gate-card";

function VersionItem({ version }: { version: DetectorVersion }): ReactElement {
  return (
    <li className={styles.version}>
      <Link to={`/detectors/${version.id}`}>{version.version}</Link>
      <Badge tone={version.state === "active" ? "accent" : "neutral"} icon={version.state === "active" ? "check" : undefined}>
        {STATE_WORDS[version.state]}
      </Badge>
      {version.gate_outcome === null ? null : <Badge tone={version.gate_outcome === "passed" ? "accent" : "warn"}>{OUTCOME_WORDS[version.gate_outcome]}</Badge>}
      {!version.gives_scores ? <Badge>findings, no scores</Badge> : version.counted_for.length === 0 ? <Badge>shown only</Badge> : version.is_calibrated ? null : <Badge tone="warn">uncalibrated</Badge>}
      {version.drift_state === "alert" ? (
        <Badge tone="danger" icon="warn">
          drifted
        </Badge>
      ) : null}
      {version.gives_scores ? <span className={styles.quiet}>AUC on gate items: {aucWords(version.auc, version.auc_low, version.auc_high)}</span> : null}
      <span className={styles.quiet}>{dateAndTime(version.created_at)}</span>
    </li>
  );
}

/** Every detector with its versions, and what decides between them. */
export function DetectorsDesk(): ReactElement {
  const detectors = useQuery(detectorsQuery);
  if (detectors.isError) {
    return (
      <Notice tone="danger" title="The detectors could not be loaded" live="alert">
        <p>{explain(detectors.error)}</p>
      </Notice>
    );
  }
  if (detectors.data === undefined) return <Skeleton height={260} role="status" aria-label="Loading the detectors" />;
  const { items, gate } = detectors.data;
  const drifted = items.flatMap((group) => group.versions).filter((version) => version.drift_state === "alert");
  return (
    <div className={styles.stack}>
      {drifted.length === 0 ? null : (
        <Notice tone="warn" title={drifted.length === 1 ? "A version in force has drifted" : `${drifted.length} versions in force have drifted`}>
          <p>
            What they see, or how they answer, is no longer what it was when they were measured:{" "}
            {drifted.map((version, place) => (
              <span key={version.id}>
                {place === 0 ? "" : ", "}
                <Link to={`/detectors/${version.id}`}>
                  {version.detector} {version.version}
                </Link>
              </span>
            ))}
            .
          </p>
        </Notice>
      )}
      {items.length === 0 ? (
        <EmptyState title="No detector is registered yet">
          <p>A worker registers the bundled detector when it starts. Start one, and come back.</p>
        </EmptyState>
      ) : (
        items.map((group) => (
          <Card key={group.name} title={group.name}>
            <ul className={styles.versions}>
              {group.versions.map((version) => (
                <VersionItem key={version.id} version={version} />
              ))}
            </ul>
          </Card>
        ))
      )}
      <GateCard gate={gate} />
      <p className={styles.quiet}>
        Were votes cast that should not have been? <Link to="/lineage">See which versions they have trained</Link>.
      </p>
    </div>
  );
}
