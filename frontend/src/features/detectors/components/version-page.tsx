import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { dateAndTime } from "@/lib/format";
import type { DetectorDetail, User } from "@/lib/models";
import { detectorQuery } from "../api/detectors";
import { PROMOTION_WORDS, STATE_SENTENCES } from "../gate-words";
import { CalibrationCard } from "./calibration-card";
import { DecideCard } from "./decide-card";
import styles from "./detectors.module.css";
import { DriftCard } from "./drift-card";
import { GateCard } from "./gate-card";
import { ReportCard } from "./report-card";

function words(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "not stated";
}

function ScoreFacts({ detail }: { detail: DetectorDetail }): ReactElement {
  const { version } = detail;
  if (!version.gives_scores) {
    return (
      <>
        <dt>Answers</dt>
        <dd>findings in words, never a score</dd>
      </>
    );
  }
  return (
    <>
      <dt>Scores count for</dt>
      <dd>{version.counted_for.length === 0 ? "nothing: they are shown and move no posterior" : version.counted_for.join(", ")}</dd>
      <dt>Calibrated</dt>
      <dd>{version.is_calibrated ? "yes" : "no: its scores rank clips and are no probabilities"}</dd>
    </>
  );
}

function VersionCard({ detail }: { detail: DetectorDetail }): ReactElement {
  const { card, version } = detail;
  const sources = Array.isArray(card["data_licences"]) ? card["data_licences"].map(words) : [];
  return (
    <Card title="Card">
      <dl className={styles.facts}>
        <dt>Trained on</dt>
        <dd>
          <ul>
            {sources.map((source) => (
              <li key={source}>{source}</li>
            ))}
          </ul>
        </dd>
        <dt>Licence</dt>
        <dd>{words(card["licence"])}</dd>
        <dt>Looks at</dt>
        <dd>
          {words(card["modality"])} ({words(card["architecture"])})
        </dd>
        <ScoreFacts detail={detail} />
        <dt>Weights, SHA-256</dt>
        <dd className={styles.mono}>{version.sha256}</dd>
      </dl>
    </Card>
  );
}

function InForceCard({ detail }: { detail: DetectorDetail }): ReactElement {
  return (
    <Card title="What was in force when">
      <ul className={styles.versions}>
        {detail.promotions.map((row) => (
          <li key={row.at} className={styles.version}>
            <Link to={`/detectors/${row.version_id}`}>{row.version}</Link>
            <Badge>{PROMOTION_WORDS[row.kind]}</Badge>
            <span className={styles.quiet}>
              {dateAndTime(row.at)}
              {row.by === null ? "" : `, by ${row.by}`}
              {row.previous_version === null ? "" : `, instead of ${row.previous_version}`}
            </span>
            {row.reason === "" || row.kind === "first" ? null : <span>{row.reason}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** One version: what can be done with it, its comparison, its card, and the history of its detector. */
export function VersionPage({ id, user }: { id: number; user: User }): ReactElement {
  const detail = useQuery(detectorQuery(id));
  if (detail.isError) {
    return (
      <Page title="Detector">
        <Notice tone="danger" title="This version could not be loaded" live="alert">
          <p>{explain(detail.error)}</p>
        </Notice>
      </Page>
    );
  }
  if (detail.data === undefined) {
    return (
      <Page title="Detector">
        <Skeleton height={320} role="status" aria-label="Loading the version" />
      </Page>
    );
  }
  const { version, report, gate } = detail.data;
  return (
    <Page title={`${version.detector} ${version.version}`} lead={STATE_SENTENCES[version.state]} actions={<Link to="/detectors">All detectors</Link>}>
      <div className={styles.stack}>
        <DecideCard detail={detail.data} user={user} />
        {version.state === "active" ? <DriftCard id={version.id} /> : null}
        {report === null ? null : <ReportCard report={report} />}
        {version.counted_for.length === 0 ? null : <CalibrationCard detail={detail.data} />}
        {version.gives_scores ? <GateCard gate={gate} /> : null}
        <VersionCard detail={detail.data} />
        <InForceCard detail={detail.data} />
      </div>
    </Page>
  );
}
