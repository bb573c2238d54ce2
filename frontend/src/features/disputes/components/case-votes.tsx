import type { ReactElement } from "react";
import { AnswerBadge } from "@/components/clip/badges";
import { SimulatedBadge } from "@/components/ui/badge";
import { cx } from "@/lib/cx";
import { percent, timecode } from "@/lib/format";
import type { DisputedVote } from "@/lib/models";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import { letterOf } from "../case-votes";
import styles from "./case-votes.module.css";
import { Reliability } from "./reliability";

interface CaseVotesProps {
  votes: DisputedVote[];
  chosen: number | null;
  isVideo: boolean;
  onMark: (voteIndex: number, frame: number) => void;
}

function Places({ vote, index, isVideo, onMark }: { vote: DisputedVote; index: number } & Pick<CaseVotesProps, "isVideo" | "onMark">): ReactElement {
  return (
    <div className={styles.places}>
      {vote.segments.map(({ start_frame, end_frame, start_s, end_s }) => (
        <button key={`${start_frame} ${end_frame}`} type="button" title={`Frames ${start_frame} to ${end_frame}`} onClick={() => onMark(index, start_frame)}>
          {timecode(start_s)} – {timecode(end_s)}
        </button>
      ))}
      {vote.regions.map(({ frame }, number) => (
        <button key={`box ${number}`} type="button" onClick={() => onMark(index, frame)}>
          {isVideo ? `box on frame ${frame}` : `box ${number + 1}`}
        </button>
      ))}
    </div>
  );
}

function Row({ vote, index, isChosen, isVideo, onMark }: { vote: DisputedVote; index: number; isChosen: boolean } & Pick<CaseVotesProps, "isVideo" | "onMark">): ReactElement {
  const words = useVocabulary().data;
  const named = [...vote.kinds.map((kind) => nameIn(words?.kinds, kind)), ...vote.cues.map((cue) => nameIn(words?.cues, cue))];
  return (
    <li className={cx(styles.vote, isChosen && styles.chosen)}>
      <div className={styles.head}>
        <strong className={styles.letter}>{letterOf(index)}</strong>
        <AnswerBadge label={vote.label} />
        <span className={styles.sure}>
          {vote.confidence === null ? "" : `${percent(vote.confidence)} sure`}
          {vote.lean === null ? "" : `, leans to ${vote.lean}`}
        </span>
        {vote.simulated ? <SimulatedBadge /> : null}
        <span className={styles.known}>
          <Reliability known={vote.reliability} />
        </span>
      </div>
      {named.length === 0 ? null : <p className={styles.named}>{named.join(", ")}</p>}
      <Places vote={vote} index={index} isVideo={isVideo} onMark={onMark} />
      {vote.rationale === "" ? null : <p className={styles.rationale}>{vote.rationale}</p>}
    </li>
  );
}

/** Every vote of the case: answer, how reliable its reviewer is, and what they pointed to. Names are hidden. */
export function CaseVotes({ votes, chosen, isVideo, onMark }: CaseVotesProps): ReactElement {
  if (votes.length === 0) return <p className={styles.none}>Nobody has voted yet.</p>;
  return (
    <ol className={styles.votes} aria-label="Votes">
      {votes.map((vote, index) => (
        <Row key={vote.reviewer} vote={vote} index={index} isChosen={index === chosen} isVideo={isVideo} onMark={onMark} />
      ))}
    </ol>
  );
}
