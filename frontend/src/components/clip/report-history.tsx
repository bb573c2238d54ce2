import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { dateAndTime } from "@/lib/format";
import type { QuarantineStep, ReportEntry } from "@/lib/models";
import { REPORT_REASONS } from "@/lib/report-words";
import styles from "./report-history.module.css";

const STATE_WORDS: Record<ReportEntry["state"], string> = { open: "waits", upheld: "upheld", dismissed: "dismissed" };
const ACTION_WORDS: Record<QuarantineStep["action"], string> = {
  quarantined: "Withheld",
  released: "Put back",
  blocked: "Blocked for ever",
};

/** Reports of a clip, in the reporters' own words. */
export function ReportList({ reports }: { reports: ReportEntry[] }): ReactElement {
  return (
    <ul className={styles.list}>
      {reports.map((report) => (
        <li key={report.id}>
          <p className={styles.head}>
            <strong>{REPORT_REASONS[report.reason].choice}</strong> <Badge tone={report.state === "open" ? "warn" : "neutral"}>{STATE_WORDS[report.state]}</Badge>
          </p>
          {report.note === "" ? <p className={styles.quiet}>No note was left.</p> : <blockquote className={styles.note}>{report.note}</blockquote>}
          <p className={styles.quiet}>
            {report.reporter ?? "Somebody who was not signed in"}, {dateAndTime(report.reported_at)}, receipt {report.receipt}
            {report.contact === null ? "" : `, to be reached at ${report.contact}`}
          </p>
          {report.decision_note === null || report.decision_note === "" ? null : <p className={styles.quiet}>Decided: {report.decision_note}</p>}
          {report.answer === null ? null : <p className={styles.quiet}>Told the reporter: {report.answer}</p>}
        </li>
      ))}
    </ul>
  );
}

/** What was done with a clip between withheld and shown, oldest first. */
export function HistoryList({ steps }: { steps: QuarantineStep[] }): ReactElement {
  if (steps.length === 0) return <p className={styles.quiet}>Nothing yet: the clip is shown as before.</p>;
  return (
    <ol className={styles.list}>
      {steps.map((step, index) => (
        <li key={index}>
          <p className={styles.head}>
            <strong>{ACTION_WORDS[step.action]}</strong>
            {step.reference === null ? "" : `, reference ${step.reference}`}
          </p>
          {step.note === "" ? null : <p className={styles.text}>{step.note}</p>}
          <p className={styles.quiet}>
            {step.by ?? "by rule"}, {dateAndTime(step.at)}
          </p>
        </li>
      ))}
    </ol>
  );
}
