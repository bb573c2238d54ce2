import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { OutcomeBadge } from "@/components/clip/badges";
import { Dialog } from "@/components/ui/dialog";
import { nameIn } from "@/lib/vocabulary";
import type { VocabularyItem } from "@/lib/models";
import type { Draft } from "../decision";
import styles from "./case-view.module.css";

interface DecideDialogProps {
  draft: Draft;
  reasons: VocabularyItem[];
  isOpen: boolean;
  isSending: boolean;
  onDecide: () => void;
  onClose: () => void;
}

/** Asks once more: a decision is published and never changed, only followed by another after an appeal. */
export function DecideDialog({ draft, reasons, isOpen, isSending, onDecide, onClose }: DecideDialogProps): ReactElement {
  return (
    <Dialog title="Publish this verdict?" onClose={onClose}>
      <p className={styles.verdict}>{draft.verdict === null ? null : <OutcomeBadge outcome={draft.verdict} />}</p>
      <p>{draft.reasons.map((id) => nameIn(reasons, id)).join(", ")}</p>
      <p className={styles.quoted}>{draft.rationale.trim()}</p>
      <p className={styles.quiet}>
        {isOpen ? "The clip is still collecting votes; it closes with your decision. " : ""}It is published at once and never changed. An appeal brings it before a moderator who has not seen the case.
      </p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Back to the case
        </Button>
        <Button loading={isSending} onClick={onDecide} data-autofocus>
          Publish
        </Button>
      </div>
    </Dialog>
  );
}
