import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge } from "@/components/clip/badges";
import { SimulatedBadge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Card, Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { asInterval, count, dateAndTime, duration, shortId } from "@/lib/format";
import { verdictWords } from "@/lib/ladder";
import { publicClipQuery } from "../api/public-clip";
import styles from "./clip-page.module.css";
import { PosteriorGauge } from "./posterior-gauge";

function Missing({ error }: { error: Error }): ReactElement {
  const isMissing = hasCode(error, "not_found");
  return (
    <EmptyState
      title={isMissing ? "There is no published result at this address" : "The result could not be loaded"}
      headingLevel={1}
      actions={
        <Button component={Link} to="/">
          To the start page
        </Button>
      }
    >
      <p>{isMissing ? "The clip may still be judged; nothing is told about it until it is closed." : explain(error)}</p>
    </EmptyState>
  );
}

/** What anybody may know of a closed clip. The clip itself is not shown. */
export function PublicClipPage({ id }: { id: string }): ReactElement {
  const query = useQuery(publicClipQuery(id));
  if (query.isError) return <Missing error={query.error} />;
  if (query.isPending) {
    return (
      <Page title="Result" narrow>
        <Skeleton height={220} radius={10} />
      </Page>
    );
  }
  const clip = query.data;
  const interval = asInterval(clip.interval ?? []);
  const words = verdictWords({
    state: "retired", outcome: clip.outcome, pManipulated: clip.p_manipulated ?? 0.5, interval, nVotes: clip.n_votes, calibrated: false,
  });
  return (
    <Page
      title={`Result for clip ${shortId(clip.id)}`}
      narrow
      lead={
        <span className={styles.badges}>
          <OutcomeBadge outcome={clip.outcome} />
          {clip.simulated ? <SimulatedBadge /> : null}
        </span>
      }
    >
      <Card title="Verdict">
        <p className={styles.headline} data-tone={words.tone} data-testid="verdict">
          {words.headline}
        </p>
        <p className={styles.explanation}>{words.explanation}</p>
        {clip.p_manipulated === null ? null : <PosteriorGauge p={clip.p_manipulated} pPeople={null} interval={interval} />}
        <p className={styles.quiet}>
          {clip.kind === "video" ? `Video of ${duration(clip.duration_s)}` : "Picture"}; {count(clip.n_votes, "vote")}, worth{" "}
          {clip.n_effective.toFixed(1)} independent ones; closed {dateAndTime(clip.retired_at)}. A verdict can be wrong.
        </p>
      </Card>
    </Page>
  );
}
