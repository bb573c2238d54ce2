import { useMemo, useRef, useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { StateBadge } from "@/components/clip/badges";
import { SimulatedBadge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { ReportButton } from "@/components/clip/report-button";
import { Card, Page } from "@/components/ui/page";
import { shortId } from "@/lib/format";
import type { DisputeCase, VocabularyItem } from "@/lib/models";
import type { FrameTimes } from "@/player/frame-index";
import { useViewer } from "@/player/use-viewer";
import { listMarks, stepMark, tally } from "../case-votes";
import { useCaseKeys } from "../hooks/use-case-keys";
import { useJudging } from "../hooks/use-judging";
import { CONFLICTS, LADDER } from "../words";
import { CaseHistory } from "./case-history";
import { CasePlayer } from "./case-player";
import styles from "./case-view.module.css";
import { CaseVotes } from "./case-votes";
import { DecideDialog } from "./decide-dialog";
import { DecisionStep, RATIONALE_ID } from "./decision-step";
import { EvidenceStep } from "./evidence-step";
import { ImportanceChoice } from "./importance-choice";
import { ProvisionalStep } from "./provisional-step";
import { ReasonBadges } from "./reason-badges";

interface CaseViewProps {
  dispute: DisputeCase;
  frameTimes: FrameTimes | null;
  reasons: VocabularyItem[];
}

function Keys(): ReactElement {
  return (
    <p className={styles.keys}>
      <kbd>Space</kbd> play <kbd>,</kbd> <kbd>.</kbd> frame back and on <kbd>P</kbd> <kbd>N</kbd> previous and next mark <kbd>1</kbd>–<kbd>4</kbd> verdict{" "}
      <kbd>/</kbd> rationale <kbd>Ctrl</kbd>+<kbd>Enter</kbd> seal or decide
    </p>
  );
}

function Lead({ dispute }: { dispute: DisputeCase }): ReactElement {
  return (
    <span className={styles.badges}>
      <ReasonBadges reasons={dispute.reasons} />
      <StateBadge state={dispute.clip.state} />
      {dispute.clip.simulated ? <SimulatedBadge /> : null}
      <Link to={`/clips/${dispute.clip.id}`}>The clip’s own page</Link>
    </span>
  );
}

function useMarks(dispute: DisputeCase, frameTimes: FrameTimes | null) {
  const { clip, votes } = dispute;
  const playable = useMemo(
    () => ({
      id: clip.id, kind: clip.kind ?? ("video" as const), durationS: clip.duration_s, width: clip.width ?? 16, height: clip.height ?? 9,
      frames: frameTimes?.length ?? clip.frames ?? 1,
    }),
    [clip.id, clip.kind, clip.duration_s, clip.width, clip.height, clip.frames, frameTimes],
  );
  const viewer = useViewer(playable, frameTimes);
  const marks = useMemo(() => listMarks(votes), [votes]);
  const [place, setPlace] = useState<number | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const show = (voteIndex: number, frame: number) => {
    setChosen(voteIndex);
    setPlace(marks.findIndex((mark) => mark.voteIndex === voteIndex && mark.frame === frame));
    if (playable.kind === "image") return;
    viewer.player.pause();
    viewer.player.seekToFrame(frame);
  };
  const step = (direction: 1 | -1) => {
    const mark = marks[stepMark(marks.length, place, direction) ?? -1];
    if (mark !== undefined) show(mark.voteIndex, mark.frame);
  };
  const seek = (frame: number) => {
    viewer.player.pause();
    viewer.player.seekToFrame(frame);
  };
  return { viewer, chosen, show, step, seek };
}

/** One case: the clip with every vote on its axis, and beside it the three steps of judging. */
export function CaseView({ dispute, frameTimes, reasons }: CaseViewProps): ReactElement {
  const { clip, votes, provisional, conflict } = dispute;
  const { viewer, chosen, show, step, seek } = useMarks(dispute, frameTimes);
  const judging = useJudging(dispute);
  const topRef = useRef<HTMLDivElement>(null);
  const isOpen = dispute.state === "open";
  const mayJudge = isOpen && conflict === null;
  const counted = tally(votes);

  useCaseKeys((command) => {
    if (command.kind === "next_range" || command.kind === "previous_range") step(command.kind === "next_range" ? 1 : -1);
    else if (!mayJudge) return;
    else if (command.kind === "verdict") judging.choose(LADDER[command.index] ?? "inconclusive");
    else if (command.kind === "rationale") document.getElementById(RATIONALE_ID)?.focus();
    else judging.submit();
  });

  const showFromList = (voteIndex: number, frame: number) => {
    show(voteIndex, frame);
    topRef.current?.scrollIntoView({ block: "start", behavior: "smooth" });
  };

  return (
    <Page
      title={`Case of clip ${shortId(clip.id)}${dispute.round > 1 ? `, round ${dispute.round}` : ""}`}
      lead={<Lead dispute={dispute} />}
      actions={
        <>
          <ReportButton clipId={clip.id} />
          <ImportanceChoice clipId={clip.id} disputeId={dispute.id} value={clip.importance} />
        </>
      }
    >
      <div className={styles.columns} ref={topRef}>
        <div className={styles.left}>
          {clip.media_url === null ? null : <CasePlayer dispute={dispute} mediaUrl={clip.media_url} viewer={viewer} chosen={chosen} onMark={show} />}
          <Keys />
          <Card title={`Votes: ${counted.manipulated} fake, ${counted.authentic} real, ${counted.unsure} can’t tell`}>
            <CaseVotes votes={votes} chosen={chosen} isVideo={clip.kind !== "image"} onMark={showFromList} />
          </Card>
        </div>
        <div className={styles.right}>
          {conflict !== null && isOpen ? (
            <Notice tone="warn" title="Another moderator judges this case">
              <p>{CONFLICTS[conflict].sentence}</p>
            </Notice>
          ) : null}
          {isOpen ? null : (
            <Notice tone="good" title="This case is decided">
              <p>The decision stands below, with its reasons. The next one waits under Disputes.</p>
              <p>
                <Link to="/disputes">To the disputes</Link>
              </p>
            </Notice>
          )}
          {mayJudge ? (
            <ProvisionalStep
              sealed={provisional}
              value={judging.guess}
              onChange={judging.choose}
              onSeal={judging.submit}
              isSending={judging.isSealing}
              error={judging.sealError}
            />
          ) : null}
          <EvidenceStep dispute={dispute} title={mayJudge ? "2. Scores" : "Scores"} onSeek={clip.kind === "image" || clip.media_url === null ? null : seek} />
          {mayJudge ? (
            <DecisionStep provisional={provisional} draft={judging.draft} onChange={judging.edit} reasons={reasons} onDecide={judging.submit} error={judging.decideError} />
          ) : null}
          <Card title="History of the case">
            <CaseHistory dispute={dispute} />
          </Card>
        </div>
      </div>
      {judging.isAsking ? (
        <DecideDialog
          draft={judging.draft}
          reasons={reasons}
          isOpen={clip.state !== "retired"}
          isSending={judging.isDeciding}
          onDecide={() => judging.decide(() => topRef.current?.scrollIntoView({ block: "start" }))}
          onClose={judging.stopAsking}
        />
      ) : null}
    </Page>
  );
}
