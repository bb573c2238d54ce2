import { Button } from "@mantine/core";
import type { ReactElement, ReactNode, SubmitEvent } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { ApiError, explain } from "@/lib/api-error";
import styles from "./gold.module.css";

interface GoldDialogProps {
  title: string;
  action: string;
  canSubmit: boolean;
  isPending: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

function Refusal({ error }: { error: unknown }): ReactElement {
  const fields = error instanceof ApiError ? error.fieldErrors : [];
  return (
    <Notice tone="danger" live="alert">
      <p>{explain(error)}</p>
      {fields.map(({ field, message }) => (
        <p key={field}>{message}</p>
      ))}
    </Notice>
  );
}

/** A form over the page: fields, what went wrong, and the two ways out. */
export function GoldDialog({ title, action, canSubmit, isPending, error, onSubmit, onClose, children }: GoldDialogProps): ReactElement {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canSubmit && !isPending) onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        {children}
        {error === null ? null : <Refusal error={error} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!canSubmit} loading={isPending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
