import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import type { BallotProblem } from "../ballot/ballot";
import type { BallotDesk } from "../hooks/use-ballot";
import styles from "./judging.module.css";

interface SealBarProps {
  desk: BallotDesk;
  problems: BallotProblem[];
  isSending: boolean;
  refusal: string | null;
  onSeal: () => void;
  onSkip: () => void;
  onReport: () => void;
}

const DRAFT_WORDS = { none: "", saving: "Saving the draft…", saved: "Draft kept on this device", unsaved: "This browser keeps no drafts" };

/** The foot of the card: what is missing, undo, skip, seal. */
export function SealBar({ desk, problems, isSending, refusal, onSeal, onSkip, onReport }: SealBarProps): ReactElement {
  const missing = problems[0]?.message ?? null;
  return (
    <div className={styles.sealBar}>
      <div className={styles.reasonRow}>
        <p id="seal-reason" className={styles.reason} role="status" data-bad={refusal !== null}>
          {refusal ?? missing ?? DRAFT_WORDS[desk.draft]}
        </p>
        <button type="button" className={styles.report} onClick={onReport}>
          <Icon name="flag" size={16} /> Report
        </button>
      </div>
      <div className={styles.sealRow}>
        <button type="button" className={styles.quiet} disabled={!desk.canUndo} onClick={() => desk.edit({ type: "undo" })}>
          <Icon name="undo" size={18} /> Undo
        </button>
        <button type="button" className={styles.quiet} onClick={onSkip}>
          <Icon name="skip" size={18} /> Skip
        </button>
        <Button
          className={styles.seal ?? ""}
          size="md"
          leftSection={<Icon name="seal" />}
          disabled={missing !== null}
          loading={isSending}
          aria-describedby="seal-reason"
          onClick={onSeal}
        >
          Seal my vote
        </Button>
      </div>
    </div>
  );
}
