import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { detectorsQuery } from "@/lib/detectors-query";
import { dateAndTime } from "@/lib/format";
import type { Calibration, DetectorDetail } from "@/lib/models";
import { calibrate } from "../api/detectors";
import { conditionWords, goldWords, worthWords } from "../calibration-words";
import styles from "./detectors.module.css";
import { JobLine } from "./job-line";

type Kind = Calibration["kinds"][number];

const figure = (value: number | null) => (value === null ? "–" : value.toFixed(2));

function KindRow({ row, wanted }: { row: Kind; wanted: number }): ReactElement {
  return (
    <li className={styles.calibrated}>
      <h3>{row.kind}</h3>
      <p>{worthWords(row, wanted)}</p>
      {row.line === null ? null : (
        <dl className={styles.facts}>
          <dt>Calibration error (ECE)</dt>
          <dd>{figure(row.ece)}</dd>
          <dt>Brier score</dt>
          <dd>{figure(row.brier)}</dd>
          <dt>Cllr</dt>
          <dd>
            {figure(row.cllr)} (1 says nothing; its ranking alone allows {figure(row.cllr_min)})
          </dd>
          <dt>Measured on</dt>
          <dd>
            {row.manipulated} manipulated and {row.authentic} authentic clips in {row.groups} groups
            {row.abstained === 0 ? "" : `; it abstained on ${row.abstained} more`}
          </dd>
        </dl>
      )}
      {row.conditions.map((tried) => (
        <p key={tried.condition} className={styles.quiet}>
          {conditionWords(tried)}
        </p>
      ))}
    </li>
  );
}

/** What this version's scores are worth, measured on gold that nobody votes on; and the button that measures it. */
export function CalibrationCard({ detail }: { detail: DetectorDetail }): ReactElement {
  const client = useQueryClient();
  const { calibration, version } = detail;
  const calibrating = useMutation({
    mutationFn: () => calibrate(version.id),
    onSuccess: () => client.invalidateQueries({ queryKey: detectorsQuery.queryKey }),
  });
  const job = calibration.job_id ?? calibrating.data?.id;
  return (
    <Card title="Calibration">
      <p className={styles.quiet}>
        How strongly a score speaks for or against manipulation, measured on clips of known truth that nobody votes on or trains on. Until then scores rank clips and move a posterior by little.
      </p>
      {calibration.at === null ? (
        <div className={styles.news}>
          <Notice tone="info" title="Not calibrated yet">
            <p>{goldWords(calibration)}</p>
          </Notice>
        </div>
      ) : (
        <>
          <ul className={`${styles.versions} ${styles.news}`}>
            {calibration.kinds.map((row) => (
              <KindRow key={row.kind} row={row} wanted={calibration.wanted_of_each} />
            ))}
          </ul>
          <p className={`${styles.quiet} ${styles.news}`}>
            Measured {dateAndTime(calibration.at)}. {goldWords(calibration)}
          </p>
        </>
      )}
      <div className={styles.news}>
        {job === undefined ? null : <JobLine jobId={job} label="Calibrating on gold" done="Calibrated; scores and posteriors have followed." />}
        {calibrating.error === null ? null : (
          <Notice tone="danger" live="alert">
            <p>{explain(calibrating.error)}</p>
          </Notice>
        )}
      </div>
      <div className={styles.buttons}>
        <Button variant="default" loading={calibrating.isPending} disabled={calibration.job_id !== null || calibration.gold.length === 0} onClick={() => calibrating.mutate()}>
          {calibration.at === null ? "Calibrate on gold" : "Calibrate again"}
        </Button>
      </div>
    </Card>
  );
}
