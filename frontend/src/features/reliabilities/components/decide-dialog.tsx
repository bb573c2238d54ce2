import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { VersionAction } from "../api/versions";
import { useDecideVersion } from "../api/versions";
import styles from "./reliabilities.module.css";

const SHORTEST = 10;

const WORDS: Record<VersionAction, { title: string; button: string; effect: string }> = {
  activate: {
    title: "Put into force",
    button: "Put it into force",
    effect: "Every clip is judged again under it, in the background. Published verdicts stay; those that it would turn go to the moderators.",
  },
  discard: { title: "Discard", button: "Discard it", effect: "This is final. The version in force stays; the next one comes after 20 more answers on gold." },
};

interface DecideDialogProps {
  action: VersionAction;
  version: number;
  onClose: () => void;
}

/** A decision on a version, with the reason that is recorded with it. */
export function DecideDialog({ action, version, onClose }: DecideDialogProps): ReactElement {
  const [reason, setReason] = useState("");
  const decide = useDecideVersion();
  const { title, button, effect } = WORDS[action];
  const isLong = reason.trim().length >= SHORTEST;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isLong) decide.mutate({ action, version, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`${title}: version ${version}`} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <p className={styles.plain}>{effect}</p>
        <Textarea
          label="Why?"
          description={`${SHORTEST} characters or more; it is recorded with your name`}
          rows={3}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {decide.isError ? (
          <Notice tone="danger" live="alert">
            <p>{explain(decide.error)}</p>
          </Notice>
        ) : null}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isLong} loading={decide.isPending}>
            {button}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
