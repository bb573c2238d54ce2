import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { ANSWERS } from "@/lib/answers";
import { percent } from "@/lib/format";
import type { Vote } from "@/lib/models";
import styles from "./desk-states.module.css";

/** Before the very first clip: what is asked, what may be seen, and how to stop. */
export function DeskIntro({ onStart }: { onStart: () => void }): ReactElement {
  return (
    <Page title="Before your first clip" narrow>
      <Card>
        <ol className={styles.intro}>
          <li>
            <strong>Look for yourself.</strong> You get one clip at a time. You see nobody else’s answer and no detector’s score, because
            both would pull your answer their way.
          </li>
          <li>
            <strong>Say what you see and how sure you are.</strong> “Can’t tell” is an honest answer. People alone are right about 57 % of
            the time on video, so doubt is useful.
          </li>
          <li>
            <strong>Seal it.</strong> A sealed vote stays as it is. Some clips have a known answer; they show how reliable each of us is.
          </li>
        </ol>
        <Notice tone="warn" title="Clips can be distressing">
          <p>They come from real disputes. Skip any clip at once and without a reason to defend: it costs you nothing. Take breaks.</p>
        </Notice>
        <div className={styles.start}>
          <Button size="md" onClick={onStart}>
            Start reviewing
          </Button>
        </div>
      </Card>
    </Page>
  );
}

export function EmptyQueue({ onCheck, isChecking }: { onCheck: () => void; isChecking: boolean }): ReactElement {
  return (
    <EmptyState
      title="Nothing left for you right now"
      headingLevel={1}
      lit={12}
      actions={
        <>
          <Button onClick={onCheck} loading={isChecking}>
            Look again
          </Button>
          <Button component={Link} to="/me" variant="default">
            My record
          </Button>
        </>
      }
    >
      <title>Nothing left · ClipJury</title>
      <p>You have seen every clip that is open and fit for you. Nobody judges the same clip twice, nor one they uploaded.</p>
    </EmptyState>
  );
}

export function LeaseOver({ reason, onNext }: { reason: string | null; onNext: () => void }): ReactElement {
  if (reason !== null) {
    return (
      <div className={styles.panel} role="alert">
        <h2>This clip was taken out</h2>
        <p>{reason}</p>
        <Button onClick={onNext}>Get another clip</Button>
      </div>
    );
  }
  return (
    <div className={styles.panel} role="alert">
      <h2>Your time with this clip is over</h2>
      <p>It went back to the queue so that it does not wait for anybody. Nothing was sealed and nothing is held against you.</p>
      <Button onClick={onNext}>Get another clip</Button>
    </div>
  );
}

interface SealedPanelProps {
  vote: Vote;
  sealedToday: number;
  isNextReady: boolean;
  onNext: () => void;
}

const BREAK_EVERY = 20;

export function SealedPanel({ vote, sealedToday, isNextReady, onNext }: SealedPanelProps): ReactElement {
  return (
    <div className={styles.panel} role="status">
      <h2>Sealed</h2>
      <p>
        Your vote: <strong>{ANSWERS[vote.label].word}</strong>
        {vote.confidence === null ? null : `, ${percent(vote.confidence)}`}. The outcome appears in <Link to="/me">your record</Link> once
        the clip is closed.
      </p>
      {sealedToday > 0 && sealedToday % BREAK_EVERY === 0 ? (
        <Notice title={`${sealedToday} votes since you sat down`}>
          <p>A few minutes away from the screen keep your eye sharp.</p>
        </Notice>
      ) : null}
      <Button onClick={onNext} size="md" fullWidth autoFocus rightSection={<kbd className={styles.kbd}>N</kbd>}>
        {isNextReady ? "Next clip" : "Look for the next clip"}
      </Button>
    </div>
  );
}

export function WaitingPanel({ reason }: { reason: string }): ReactElement {
  return (
    <div className={styles.panel} role="status">
      <h2>Sealed on this device</h2>
      <p>
        {reason} Your vote is kept here and sent as soon as the server can be reached. You may leave this page open or come back later.
      </p>
    </div>
  );
}
