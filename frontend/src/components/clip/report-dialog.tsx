import { Button, Radio, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { ReportReason } from "@/lib/models";
import { REASON_ORDER, REPORT_REASONS } from "@/lib/report-words";
import styles from "./report.module.css";
import { useReport } from "./use-report";
import type { ReportTarget } from "./use-report";

interface ReportDialogProps {
  target: ReportTarget;
  /** Closes the dialog; `isSent` once the report has been taken. */
  onClose: (isSent: boolean) => void;
}

function Sent({ receipt, target, onClose }: { receipt: string; target: ReportTarget; onClose: () => void }): ReactElement {
  return (
    <div role="status">
      <p className={styles.lead}>Thank you. Your report has been taken.</p>
      <p>
        Receipt: <code className={styles.receipt}>{receipt}</code>
      </p>
      <p className={styles.quiet}>
        Note it down if you want to ask about it later. What follows is decided by the people named in your choice; you are not told here.
        {target.kind === "lease" ? " The clip has been taken from your desk, and nothing is held against you." : ""}
      </p>
      <div className={styles.buttons}>
        <Button onClick={onClose} autoFocus>
          {target.kind === "lease" ? "Next clip" : "Close"}
        </Button>
      </div>
    </div>
  );
}

/** Why a clip should be looked at, in one choice; a note and a contact if one likes. */
export function ReportDialog({ target, onClose }: ReportDialogProps): ReactElement {
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [note, setNote] = useState("");
  const [contact, setContact] = useState("");
  const report = useReport(target);
  const submit = () => {
    if (reason === null) return;
    report.mutate({ reason, note: note.trim(), contact: contact.trim() === "" ? null : contact.trim() });
  };
  const isSent = report.data !== undefined;
  return (
    <Dialog title={isSent ? "Reported" : "Report this clip"} onClose={() => onClose(isSent)}>
      {report.data === undefined ? (
        <>
          <p className={styles.quiet}>Anybody may report, with or without an account. If somebody is in danger now, call the police first.</p>
          <Radio.Group
            label="What is wrong with it?"
            value={reason}
            onChange={(value) => setReason(REASON_ORDER.find((known) => known === value) ?? null)}
            className={styles.reasons ?? ""}
          >
            {REASON_ORDER.map((known) => (
              <Radio key={known} size="md" mt={10} value={known} label={REPORT_REASONS[known].choice} />
            ))}
          </Radio.Group>
          <p className={styles.hint} role="status">
            {reason === null ? "" : REPORT_REASONS[reason].hint}
          </p>
          <Textarea label="What do you see? (optional)" rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <TextInput
            mt={12}
            label="How can you be reached? (optional)"
            description="An e-mail address or a number. Only the people who decide see it."
            maxLength={254}
            value={contact}
            onChange={(event) => setContact(event.currentTarget.value)}
          />
          {report.isError ? (
            <div className={styles.error}>
              <Notice tone="danger" title="The report was not sent" live="alert">
                <p>{explain(report.error)}</p>
              </Notice>
            </div>
          ) : null}
          <div className={styles.buttons}>
            <Button variant="default" onClick={() => onClose(false)}>
              Cancel
            </Button>
            <Button color="red" variant="light" disabled={reason === null} loading={report.isPending} onClick={submit}>
              Send the report
            </Button>
          </div>
        </>
      ) : (
        <Sent receipt={report.data.receipt} target={target} onClose={() => onClose(true)} />
      )}
    </Dialog>
  );
}
