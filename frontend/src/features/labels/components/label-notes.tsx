import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import styles from "./labels.module.css";

/** What a curator must know before training or publishing, in the order of the harm that not knowing does. */
export function LabelNotes(): ReactElement {
  return (
    <Card title="Before you use them">
      <div className={styles.notes}>
        <section>
          <h3>Soft or hard</h3>
          <p>
            <b>soft_label</b> is the probability that the jury’s people alone arrived at. Train on it: it keeps the doubt, and no detector
            touched it. <b>hard_label</b> is the outcome as one word; it is empty where the outcome is inconclusive, and “authentic” there
            means that no manipulation was found, not that there is none.
          </p>
        </section>
        <section>
          <h3>Pseudonyms</h3>
          <p>
            Each file names reviewers by new pseudonyms, so that two downloads cannot be joined by them. They are no promise of anonymity:
            the times and the reasons that people wrote are theirs, and may give somebody away.
          </p>
        </section>
      </div>
      <Notice tone="warn">
        <p>Probabilities are not yet calibrated on enough clips of known truth. Whoever downloads labels is no longer asked to judge these clips or near-duplicates of them.</p>
      </Notice>
    </Card>
  );
}
