import { Button, Radio, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { SkipIn, Vocabulary } from "@/lib/models";
import { useSkip } from "../api/skip-assignment";
import styles from "./dialogs.module.css";

interface SkipDialogProps {
  leaseId: string;
  reasons: Vocabulary["skip_reasons"];
  onSkipped: () => void;
  onClose: () => void;
}

/** Passing a clip by, with a reason and without a price. */
export function SkipDialog({ leaseId, reasons, onSkipped, onClose }: SkipDialogProps): ReactElement {
  const [reason, setReason] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const skip = useSkip(leaseId);
  const submit = () => {
    if (reason === null) return;
    skip.mutate({ reason: reason as SkipIn["reason"], note: note.trim() === "" ? null : note.trim() }, { onSuccess: onSkipped });
  };
  return (
    <Dialog title="Skip this clip" onClose={onClose}>
      <p className={styles.note}>Skipping costs you nothing: neither your skill nor your count changes. The clip goes to somebody else.</p>
      <Radio.Group value={reason} onChange={setReason} label="Why?" className={styles.reasons ?? ""}>
        {reasons.map(({ id, name }) => (
          <Radio key={id} size="md" value={id} label={name} mt={8} />
        ))}
      </Radio.Group>
      <Textarea label="Anything we should know? (optional)" maxLength={500} rows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {skip.isError ? (
        <div className={styles.error}>
          <Notice tone="danger" live="alert">
            <p>{explain(skip.error)}</p>
          </Notice>
        </div>
      ) : null}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Back to the clip
        </Button>
        <Button disabled={reason === null} loading={skip.isPending} onClick={submit}>
          Skip it
        </Button>
      </div>
    </Dialog>
  );
}
