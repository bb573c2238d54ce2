import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { ReportCase } from "@/lib/models";
import { useReportDecision } from "../api/reports";
import type { Verb } from "../api/reports";
import styles from "@/components/clip/reported-case.module.css";

/** Withhold or let stand, each with a reason for the file. */
export function DecisionForm({ found }: { found: ReportCase }): ReactElement {
  const [note, setNote] = useState("");
  const [answer, setAnswer] = useState("");
  const decision = useReportDecision(found.id);
  const isOpen = found.reports.some((report) => report.state === "open");
  const mayAnswer = found.reports.some((report) => report.contact !== null || report.reporter !== null);
  const decide = (verb: Verb) => decision.mutate({ verb, body: { note: note.trim(), answer: answer.trim() === "" ? null : answer.trim() } });
  const isTooShort = note.trim().length < 3;
  return (
    <div className={styles.form}>
      {isOpen ? null : <p className={styles.quiet}>Every report of this clip has been decided. You can still change whether it is shown.</p>}
      <Textarea label="Why?" description="For the file: those who come after you read it." rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {isOpen && mayAnswer ? (
        <Textarea label="What the reporter is told (optional)" description="Noted with the report; send it by the contact they left." rows={2} maxLength={2000} value={answer} onChange={(event) => setAnswer(event.currentTarget.value)} />
      ) : null}
      {decision.isError ? (
        <Notice tone="danger" title="Nothing was decided" live="alert">
          <p>{explain(decision.error)}</p>
        </Notice>
      ) : null}
      {decision.isSuccess ? (
        <Notice tone="good" live="status">
          <p>{found.withheld ? "The clip is withheld from everybody but moderators." : "The clip is where it was before."}</p>
        </Notice>
      ) : null}
      <div className={styles.row}>
        {found.withheld && !isOpen ? null : (
          <Button color="red" variant="light" disabled={isTooShort} loading={decision.isPending} onClick={() => decide("quarantine")}>
            {found.withheld ? "Keep it withheld" : "Withhold it"}
          </Button>
        )}
        {!found.withheld && !isOpen ? null : (
          <Button variant="default" disabled={isTooShort} loading={decision.isPending} onClick={() => decide("dismiss")}>
            {found.withheld ? "Put it back" : "Let it stand"}
          </Button>
        )}
      </div>
      {isTooShort ? <p className={styles.quiet}>Give a reason first.</p> : null}
    </div>
  );
}
