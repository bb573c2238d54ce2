import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import styles from "./detectors.module.css";

const SHORTEST = 10;

interface ReasonDialogProps {
  title: string;
  action: string;
  children: ReactNode;
  isPending: boolean;
  error: Error | null;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks for a reason that is kept for good, then acts. */
export function ReasonDialog({ title, action, children, isPending, error, onConfirm, onClose }: ReasonDialogProps): ReactElement {
  const [reason, setReason] = useState("");
  const isShort = reason.trim().length < SHORTEST;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isShort) onConfirm(reason.trim());
        }}
      >
        <div className={styles.stack}>
          {children}
          <Textarea
            data-autofocus
            label="Reason"
            description={`At least ${SHORTEST} characters. It is kept for good, with your name.`}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            minRows={3}
            autosize
            required
          />
          {error === null ? null : (
            <Notice tone="danger" live="alert">
              <p>{explain(error)}</p>
            </Notice>
          )}
        </div>
        <div className={styles.buttons}>
          <Button type="submit" loading={isPending} disabled={isShort}>
            {action}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
