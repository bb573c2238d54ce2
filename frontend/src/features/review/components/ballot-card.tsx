import type { ReactElement } from "react";
import { Chips } from "@/components/ui/chips";
import { ANSWERS } from "@/lib/answers";
import type { Vocabulary } from "@/lib/models";
import { mayNameKinds } from "../ballot/ballot";
import type { Marking } from "../hooks/use-marking";
import type { BallotDesk } from "../hooks/use-ballot";
import styles from "./choices.module.css";
import { ConfidenceSlider } from "./confidence-slider";
import { CueStep } from "./cue-step";
import { LabelChoice } from "./label-choice";
import { LeanChoice } from "./lean-choice";
import { MarksTable } from "./marks-table";
import { WhereStep } from "./where-step";

export const FIRST_KIND_ID = "first-kind";

interface BallotCardProps {
  desk: BallotDesk;
  marking: Marking;
  vocabulary: Vocabulary;
  isVideo: boolean;
}

function sureOf(ballot: BallotDesk["ballot"]): string | null {
  if (ballot.label === "manipulated" || ballot.label === "authentic") return `it is ${ANSWERS[ballot.label].word.toLowerCase()}`;
  if (ballot.label === "unsure" && ballot.lean !== null) return `it is rather ${ANSWERS[ballot.lean].word.toLowerCase()}`;
  return null;
}

/** The four steps of an answer. */
export function BallotCard({ desk, marking, vocabulary, isVideo }: BallotCardProps): ReactElement {
  const { ballot, edit } = desk;
  const of = sureOf(ballot);
  return (
    <>
      <div>
        <LabelChoice value={ballot.label} onChange={(label) => edit({ type: "label", label })} />
        {ballot.label === "unsure" ? (
          <div style={{ marginTop: 14 }}>
            <LeanChoice value={ballot.lean} onChange={(lean) => edit({ type: "lean", lean })} />
          </div>
        ) : null}
        {of === null ? null : (
          <ConfidenceSlider of={of} value={ballot.confidence} onChange={(confidence) => edit({ type: "confidence", confidence })} />
        )}
      </div>
      {mayNameKinds(ballot) ? (
        <fieldset className={styles.fieldset}>
          <legend className={styles.legend}>
            <span className={styles.step}>2</span> What kind? <span className={styles.optional}>all that fit</span>
          </legend>
          <Chips
            items={vocabulary.kinds}
            chosen={ballot.kinds}
            firstId={FIRST_KIND_ID}
            onToggle={(id) => {
              const kind = vocabulary.kinds.find((item) => item.id === id)?.id;
              if (kind !== undefined) edit({ type: "toggle_kind", kind: kind as (typeof ballot.kinds)[number] });
            }}
          />
        </fieldset>
      ) : null}
      <WhereStep
        isVideo={isVideo}
        isRequired={ballot.label === "manipulated"}
        pendingStart={marking.pendingStart}
        isDrawing={marking.isDrawing}
        isOverall={ballot.isOverall}
        hasMarks={ballot.segments.length + ballot.regions.length > 0}
        onMarkIn={marking.markIn}
        onMarkOut={marking.markOut}
        onDraw={marking.toggleDrawing}
        onOverall={(isOverall) => edit({ type: "overall", isOverall })}
      >
        <MarksTable
          player={marking.player}
          segments={ballot.segments}
          regions={ballot.regions}
          selected={marking.selected}
          isVideo={isVideo}
          onSelect={marking.select}
          onChange={(index, segment) => edit({ type: "change_segment", index, segment })}
          onRemove={marking.removeSegment}
          onRemoveRegion={(index) => edit({ type: "remove_region", index })}
        />
        {marking.hint === null ? null : (
          <p className={styles.hint} role="status">
            {marking.hint}
          </p>
        )}
      </WhereStep>
      <CueStep
        cues={vocabulary.cues}
        chosen={ballot.cues}
        onToggle={(cue) => edit({ type: "toggle_cue", cue })}
        rationale={ballot.rationale}
        onRationale={(rationale) => edit({ type: "rationale", rationale })}
      />
    </>
  );
}
