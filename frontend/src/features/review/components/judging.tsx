import { useMemo, useState } from "react";
import type { CSSProperties, ReactElement } from "react";
import type { Vocabulary } from "@/lib/models";
import type { FrameTimes } from "@/player/frame-index";
import { MarksLane } from "@/player/marks-lane";
import { releasePointerFocus } from "@/player/use-shortcuts";
import { useViewer } from "@/player/use-viewer";
import { ViewerPanel } from "@/player/viewer-panel";
import type { TimedLease } from "../api/assignment";
import { ballotProblems, toVoteIn } from "../ballot/ballot";
import { useBallot } from "../hooks/use-ballot";
import type { Desk } from "../hooks/use-desk-settings";
import { useJudgingKeys } from "../hooks/use-judging-keys";
import type { JudgingDialog } from "../hooks/use-judging-keys";
import { useSecondsLeft } from "../hooks/use-lease-clock";
import { useMarking } from "../hooks/use-marking";
import { useSealing } from "../hooks/use-sealing";
import { BallotCard } from "./ballot-card";
import { LeaseOver, SealedPanel, WaitingPanel } from "./desk-states";
import { JudgingCaption } from "./judging-caption";
import { JudgingDialogs } from "./judging-dialogs";
import styles from "./judging.module.css";
import { SealBar } from "./seal-bar";

interface JudgingProps {
  userId: number;
  lease: TimedLease;
  leaseKey: readonly unknown[];
  frameTimes: FrameTimes | null;
  vocabulary: Vocabulary;
  settings: Desk;
  sealedToday: number;
  isNextReady: boolean;
  onSealed: () => void;
  onNext: () => void;
}

/** One clip and one answer: the player at the left, the card at the right. */
export function Judging(props: JudgingProps): ReactElement {
  const { lease, vocabulary, settings, onNext } = props;
  const { clip } = lease;
  const isVideo = clip.kind === "video";
  const viewer = useViewer(
    useMemo(() => ({ id: lease.id, kind: clip.kind, durationS: clip.duration_s, width: clip.width, height: clip.height, frames: clip.frames }), [lease.id, clip]),
    props.frameTimes,
  );
  const { sealing, seal } = useSealing(props.userId, lease.id, props.onSealed);
  const isOpen = sealing.phase === "open" || sealing.phase === "sending" || sealing.phase === "refused";
  const desk = useBallot(lease.id, isOpen);
  const marking = useMarking(desk, viewer.player, isVideo);
  const leftS = useSecondsLeft(lease);
  const [dialog, setDialog] = useState<JudgingDialog>(null);
  const [isHidden, setHidden] = useState(settings.settings.startHidden);
  const isOver = sealing.phase === "expired" || (leftS <= 0 && (sealing.phase === "open" || sealing.phase === "refused"));

  const problems = ballotProblems(desk.ballot, isVideo ? clip.frames - 1 : 0);
  const canSeal = problems.length === 0 && isOpen && !isOver && sealing.phase !== "sending";
  const sealNow = () => {
    viewer.player.pause();
    setDialog(null);
    seal(toVoteIn(desk.ballot));
  };
  const askToSeal = () => {
    if (!canSeal) return;
    if (settings.settings.confirmSeal) setDialog("seal");
    else sealNow();
  };

  useJudgingKeys({
    enabled: settings.settings.shortcuts && dialog === null && !isHidden,
    viewer, desk, marking, isAnswering: isOpen && !isOver, isSealed: sealing.phase === "sealed",
    onSeal: askToSeal, onNext, onDialog: setDialog,
  });

  return (
    <div className={styles.desk} onClick={releasePointerFocus} style={{ "--cj-shape": clip.height / clip.width } as CSSProperties}>
      <h1 className="cj-visually-hidden">Judge this clip</h1>
      <div className={styles.left}>
        <ViewerPanel
          viewer={viewer}
          media={{ mediaUrl: clip.media_url, posterUrl: clip.poster_url, thumbnailsUrl: clip.thumbnails_url, thumbnails: clip.thumbnails, hasAudio: clip.has_audio }}
          caption={<JudgingCaption lease={lease} leaseKey={props.leaseKey} leftS={leftS} isCounting={isOpen && !isOver} onKeys={() => setDialog("keys")} />}
          regions={desk.ballot.regions}
          onBoxDrawn={marking.isDrawing ? marking.addBox : null}
          loop={{ canLoop: marking.loopRange !== null, onToggle: () => void marking.toggleLoop() }}
          onReveal={isHidden ? () => setHidden(false) : null}
          lanes={
            <MarksLane
              player={viewer.player}
              segments={desk.ballot.segments}
              selected={marking.selected}
              pendingStart={marking.pendingStart}
              onSelect={marking.select}
              onAdd={marking.addSegment}
              onChange={marking.changeSegment}
            />
          }
        />
      </div>
      <section className={styles.card} aria-label="Your answer">
        <div className={styles.steps}>
          {isOver ? <LeaseOver reason={sealing.phase === "expired" ? sealing.reason : null} onNext={onNext} /> : null}
          {sealing.phase === "waiting" ? <WaitingPanel reason={sealing.reason} /> : null}
          {sealing.phase === "sealed" ? (
            <SealedPanel vote={sealing.vote} sealedToday={props.sealedToday} isNextReady={props.isNextReady} onNext={onNext} />
          ) : null}
          {isOpen && !isOver ? <BallotCard desk={desk} marking={marking} vocabulary={vocabulary} isVideo={isVideo} /> : null}
        </div>
        {isOpen && !isOver ? (
          <SealBar
            desk={desk}
            problems={problems}
            isSending={sealing.phase === "sending"}
            refusal={sealing.phase === "refused" ? sealing.reason : null}
            onSeal={askToSeal}
            onSkip={() => setDialog("skip")}
            onReport={() => {
              viewer.player.pause();
              setDialog("report");
            }}
          />
        ) : null}
      </section>
      <JudgingDialogs
        dialog={isOver && dialog !== "keys" ? null : dialog}
        vote={dialog === "seal" ? toVoteIn(desk.ballot) : null}
        leaseId={lease.id}
        vocabulary={vocabulary}
        settings={settings}
        onSeal={sealNow}
        onSkipped={onNext}
        onClose={() => setDialog(null)}
      />
    </div>
  );
}
