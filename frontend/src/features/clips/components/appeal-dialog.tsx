import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { useAppeal } from "../api/verdicts";
import styles from "./verdict-history.module.css";

const MIN_GROUNDS = 10;
const MAX_GROUNDS = 2000;

interface AppealDialogProps {
  clipId: string;
  verdictId: string;
  onClose: () => void;
}

/** Asks moderators who have not seen the case to judge again. */
export function AppealDialog({ clipId, verdictId, onClose }: AppealDialogProps): ReactElement {
  const [grounds, setGrounds] = useState("");
  const appeal = useAppeal(clipId, verdictId);
  return (
    <Dialog title="Appeal against this verdict" onClose={onClose}>
      <p className={styles.quiet}>A moderator who has not seen the case judges it again. Your name is not shown to them. The verdict stands until they have decided.</p>
      <Textarea
        label="What does the verdict overlook?"
        description="Name the moment, the source or the fact that a moderator can check."
        rows={5}
        maxLength={MAX_GROUNDS}
        value={grounds}
        data-autofocus
        onChange={(event) => setGrounds(event.currentTarget.value)}
      />
      {appeal.isError ? (
        <div className={styles.error}>
          <Notice tone="danger" live="alert">
            <p>{explain(appeal.error)}</p>
          </Notice>
        </div>
      ) : null}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button disabled={grounds.trim().length < MIN_GROUNDS} loading={appeal.isPending} onClick={() => appeal.mutate(grounds.trim(), { onSuccess: onClose })}>
          Send the appeal
        </Button>
      </div>
    </Dialog>
  );
}
