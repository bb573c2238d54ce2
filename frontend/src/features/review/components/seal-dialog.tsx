import { Button, Checkbox } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { Dialog } from "@/components/ui/dialog";
import { ANSWERS, confidenceWords } from "@/lib/answers";
import { count, percent } from "@/lib/format";
import type { Vocabulary, VoteIn } from "@/lib/models";
import { nameIn } from "@/lib/vocabulary";
import styles from "./dialogs.module.css";

interface SealDialogProps {
  vote: VoteIn;
  vocabulary: Vocabulary;
  confirmNextTime: boolean;
  onConfirmNextTime: (confirm: boolean) => void;
  onSeal: () => void;
  onClose: () => void;
}

function Row({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function answerWords({ label, lean, confidence }: VoteIn): string {
  const lead = label === "unsure" && lean != null ? `${ANSWERS.unsure.word}, rather ${ANSWERS[lean].word.toLowerCase()}` : ANSWERS[label].word;
  return confidence === null ? lead : `${lead}, ${percent(confidence)} (${confidenceWords(confidence)})`;
}

/** Says once more what is about to be sealed. */
export function SealDialog({ vote, vocabulary, confirmNextTime, onConfirmNextTime, onSeal, onClose }: SealDialogProps): ReactElement {
  const where = [vote.segments.length > 0 ? count(vote.segments.length, "range") : "", vote.regions.length > 0 ? count(vote.regions.length, "box", "boxes") : ""];
  return (
    <Dialog title="Seal this vote?" onClose={onClose}>
      <dl className={styles.summary}>
        <Row name="Answer">
          <strong>{answerWords(vote)}</strong>
        </Row>
        {vote.kinds.length > 0 ? <Row name="Kind">{vote.kinds.map((id) => nameIn(vocabulary.kinds, id)).join(", ")}</Row> : null}
        <Row name="Where">{where.filter((text) => text !== "").join(", ") || "overall impression"}</Row>
        {vote.cues.length > 0 ? <Row name="Cues">{vote.cues.map((id) => nameIn(vocabulary.cues, id)).join(", ")}</Row> : null}
        {vote.rationale === "" ? null : <Row name="Sentence">{vote.rationale}</Row>}
      </dl>
      <p className={styles.note}>A sealed vote cannot be changed. Results of this clip are shown to you once it is closed.</p>
      <Checkbox
        size="md"
        label="Ask me before sealing"
        checked={confirmNextTime}
        onChange={(event) => onConfirmNextTime(event.currentTarget.checked)}
      />
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button data-autofocus onClick={onSeal}>
          Seal my vote
        </Button>
      </div>
    </Dialog>
  );
}
