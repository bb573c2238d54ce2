import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge, StateBadge } from "@/components/clip/badges";
import { FailureNotice } from "@/components/clip/failure-notice";
import { ReportButton } from "@/components/clip/report-button";
import { ProcessingSteps } from "@/components/clip/processing-steps";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { isBeingPrepared } from "@/lib/clip-query";
import type { Clip, User } from "@/lib/models";
import { hasRole } from "@/lib/roles";
import { consensusQuery } from "../api/consensus";
import { ClipFacts } from "./clip-facts";
import { clipName } from "./clip-grid";
import styles from "./clip-page.module.css";
import { ClipPlayer } from "./clip-player";
import { ConsensusPanel } from "./consensus-panel";
import { VerdictHistory } from "./verdict-history";
import { LooksLike } from "./looks-like";

/** Why somebody may not see how a clip stands. */
function NotYet({ user, clip }: { user: User; clip: Clip }): ReactElement {
  return (
    <Notice title="The result is not shown yet">
      <p>
        While a clip is open, its scores and votes are shown to nobody who could still be asked about it or could sway those who are.
        {clip.is_mine ? " That you uploaded it changes nothing: whoever watches the count could call friends." : ""}
      </p>
      <p>
        It appears here once the clip is closed, after enough evidence or the last vote.
        {hasRole(user, "reviewer") ? " Seeing it earlier would take away your right to vote on it." : ""}
      </p>
    </Notice>
  );
}

/** For staff who also review: looking costs the right to vote, so it is asked first. */
function Gate({ onOpen }: { onOpen: () => void }): ReactElement {
  return (
    <Notice tone="warn" title="See it or vote on it, never both">
      <p>This clip is still open, and you are a reviewer too. If you look at its scores and votes, you will not be asked to judge it.</p>
      <p>
        <Button size="sm" variant="default" onClick={onOpen}>
          Show me; I will not judge it
        </Button>
      </p>
    </Notice>
  );
}

interface ResultProps {
  consensus: ReturnType<typeof useConsensus>;
  clip: Clip;
  user: User;
  onSeek: ((frame: number) => void) | null;
}

function useConsensus(clip: Clip, isWanted: boolean) {
  return useQuery({ ...consensusQuery(clip.id), enabled: isWanted });
}

function Result({ consensus, clip, user, onSeek }: ResultProps): ReactElement {
  if (consensus.data !== undefined) return <ConsensusPanel consensus={consensus.data} clip={clip} onSeek={onSeek} />;
  if (consensus.isError && hasCode(consensus.error, "not_ready")) return <NotYet user={user} clip={clip} />;
  if (consensus.isError) {
    return (
      <Notice tone="danger" title="The result could not be loaded" live="alert">
        <p>{explain(consensus.error)}</p>
      </Notice>
    );
  }
  return <Skeleton height={220} radius={10} />;
}

function Badges({ clip }: { clip: Clip }): ReactElement {
  return (
    <span className={styles.badges}>
      <StateBadge state={clip.state} />
      {clip.outcome === null ? null : <OutcomeBadge outcome={clip.outcome} />}
      {clip.is_mine ? <Badge icon="user">mine</Badge> : null}
      {clip.simulated ? <SimulatedBadge /> : null}
    </span>
  );
}

/** One clip with everything that this person may know of it. */
export function ClipView({ clip, user, shownAtMs }: { clip: Clip; user: User; shownAtMs: number }): ReactElement {
  const [isOpened, setOpened] = useState(false);
  const seekRef = useRef<((frame: number) => void) | null>(null);
  const topRef = useRef<HTMLDivElement>(null);
  const isJudged = clip.state === "open" || clip.state === "closing" || clip.state === "retired";
  const isGated = clip.may_see_consensus && clip.state !== "retired" && hasRole(user, "reviewer") && !isOpened;
  const consensus = useConsensus(clip, clip.may_see_consensus && isJudged && !isGated);
  const seek = (frame: number) => {
    seekRef.current?.(frame);
    topRef.current?.scrollIntoView({ block: "start", behavior: "smooth" });
  };
  return (
    <Page title={clipName(clip)} lead={<Badges clip={clip} />} actions={<ReportButton clipId={clip.id} />}>
      <div className={styles.stack} ref={topRef}>
        {clip.dispute_id === null ? null : (
          <Notice title="This clip is, or was, disputed">
            <p>
              <Link to={`/disputes/${clip.dispute_id}`}>To its case</Link>, where you seal what you think before any score is shown to you.
            </p>
          </Notice>
        )}
        {clip.failure === null ? null : <FailureNotice failure={clip.failure} />}
        {clip.failure === null && !isBeingPrepared(clip, shownAtMs) ? null : (
          <Card title="Processing">
            <ProcessingSteps clip={clip} />
          </Card>
        )}
        {clip.media_url === null ? null : <ClipPlayer clip={clip} mediaUrl={clip.media_url} votes={consensus.data?.votes ?? null} scores={consensus.data?.scores ?? []} seekRef={seekRef} />}
        {isJudged && !clip.may_see_consensus ? <NotYet user={user} clip={clip} /> : null}
        {isJudged && isGated ? <Gate onOpen={() => setOpened(true)} /> : null}
        {isJudged && clip.may_see_consensus && !isGated ? (
          <Result consensus={consensus} clip={clip} user={user} onSeek={clip.kind === "video" && clip.media_url !== null ? seek : null} />
        ) : null}
        {clip.state === "retired" ? <VerdictHistory clipId={clip.id} isGated={hasRole(user, "moderator")} /> : null}
        {clip.has_near_duplicates ? <LooksLike clipId={clip.id} /> : null}
        <Card title="Facts about the file">
          <ClipFacts clip={clip} />
        </Card>
      </div>
    </Page>
  );
}
