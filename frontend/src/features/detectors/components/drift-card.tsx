import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { dateAndTime } from "@/lib/format";
import type { Drift } from "@/lib/models";
import { driftQuery } from "../api/detectors";
import { adviceWords, DRIFT_STATES, historyWords, MEASURE_TITLES, windowWords } from "../drift-words";
import styles from "./detectors.module.css";

type Report = NonNullable<Drift["report"]>;

function MeasureRow({ measure }: { measure: Report["measures"][number] }): ReactElement {
  const { word, icon, tone } = DRIFT_STATES[measure.state];
  return (
    <li className={styles.measure}>
      <h3>{MEASURE_TITLES[measure.name]}</h3>
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
      <p>{measure.sentence}</p>
    </li>
  );
}

function Findings({ report, history }: { report: Report; history: Drift["history"] }): ReactElement {
  const advice = adviceWords(report);
  return (
    <>
      {advice === null ? null : (
        <Notice tone="warn" title="This version has drifted">
          <p>{advice}</p>
        </Notice>
      )}
      <ul className={styles.versions}>
        {report.measures.map((measure) => (
          <MeasureRow key={measure.name} measure={measure} />
        ))}
      </ul>
      <p className={styles.quiet}>
        {windowWords(report.clips, "clips")} For the disagreement: {windowWords(report.closed_clips, "closed clips on which people are sure")} Looked at {dateAndTime(report.at)}. {historyWords(history)}
      </p>
    </>
  );
}

/** Whether what this version sees, or how it answers, has moved away from what it was measured on. */
export function DriftCard({ id }: { id: number }): ReactElement {
  const drift = useQuery(driftQuery(id));
  return (
    <Card title="Drift">
      <p className={styles.quiet}>Once a day the newest clips, and what this version said of them, are held against those it was measured on. Gold and copies are left out.</p>
      <div className={styles.news}>
        {drift.isError ? (
          <Notice tone="danger" title="The report could not be loaded" live="alert">
            <p>{explain(drift.error)}</p>
          </Notice>
        ) : drift.data === undefined ? (
          <Skeleton height={120} role="status" aria-label="Loading the drift report" />
        ) : drift.data.report === null ? (
          <Notice tone="info" title="No report yet">
            <p>A worker makes the first within ten minutes of the first clip.</p>
          </Notice>
        ) : (
          <Findings report={drift.data.report} history={drift.data.history} />
        )}
      </div>
    </Card>
  );
}
