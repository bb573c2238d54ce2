import type { ReactElement } from "react";
import { FindingsList } from "@/components/clip/findings-list";
import { ScoresList } from "@/components/clip/scores-list";
import { Icon } from "@/components/ui/icon";
import { Card } from "@/components/ui/page";
import { asInterval, percent, percentRange } from "@/lib/format";
import type { DisputeCase } from "@/lib/models";
import styles from "./steps.module.css";

interface EvidenceStepProps {
  dispute: DisputeCase;
  title: string;
  onSeek: ((frame: number) => void) | null;
}

/** What people say together, and, once sealed, what detectors say. */
export function EvidenceStep({ dispute, title, onSeek }: EvidenceStepProps): ReactElement {
  const { evidence, p_manipulated_people: people, n_effective: worth } = dispute;
  return (
    <Card title={title}>
      <p className={styles.say}>
        People alone: <strong>{people === null ? "no answer yet" : `${percent(people)} manipulated`}</strong>, from votes worth {worth.toFixed(1)} independent ones.
      </p>
      {evidence === null ? (
        <p className={styles.locked}>
          <Icon name="lock" /> Detectors are shown once you have sealed. Nobody can then say that they led you.
        </p>
      ) : (
        <>
          {evidence.p_manipulated === null ? null : (
            <p className={styles.say}>
              With detectors: <strong>{percent(evidence.p_manipulated)}</strong> manipulated, between {percentRange(asInterval(evidence.interval ?? []))}.
            </p>
          )}
          <ScoresList scores={evidence.scores} />
          <FindingsList scores={evidence.scores} onSeek={onSeek} />
        </>
      )}
    </Card>
  );
}
