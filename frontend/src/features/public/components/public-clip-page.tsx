import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge } from "@/components/clip/badges";
import { PosteriorGauge } from "@/components/clip/posterior-gauge";
import { ReportButton } from "@/components/clip/report-button";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Card, Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { asInterval, count, dateAndTime, duration, percent, shortId, timecode } from "@/lib/format";
import { OUTCOME_TONES, outcomeWord } from "@/lib/ladder";
import type { PublicClip } from "@/lib/models";
import { useUser } from "@/lib/session";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import { publicClipQuery } from "../api/public-clips";
import { whoLooked } from "../who-looked";
import styles from "./public.module.css";

function missingWords(error: Error): { title: string; text: string; to: string; action: string } {
  const home = { to: "/", action: "To the start page" };
  if (hasCode(error, "not_found")) return { title: "There is no published result at this address", text: "The clip may still be judged; nothing is told about it until it is closed.", ...home };
  if (hasCode(error, "withheld")) return { title: "This result is withheld", text: "The people who run this installation are looking into it. Come back later.", ...home };
  if (hasCode(error, "lease_open")) return { title: "You are judging this clip right now", text: explain(error), to: "/review", action: "Back to my answer" };
  return { title: "The result could not be loaded", text: explain(error), ...home };
}

function Missing({ error }: { error: Error }): ReactElement {
  const { title, text, to, action } = missingWords(error);
  return (
    <>
      <title>{`${title} · ClipJury`}</title>
      <EmptyState
        title={title}
        headingLevel={1}
        actions={
          <Button component={Link} to={to}>
            {action}
          </Button>
        }
      >
        <p>{text}</p>
      </EmptyState>
    </>
  );
}

function VerdictCard({ clip }: { clip: PublicClip }): ReactElement {
  return (
    <Card title="Verdict">
      <p className={styles.headline} data-tone={OUTCOME_TONES[clip.outcome]} data-testid="verdict">
        {clip.headline}
      </p>
      <p className={styles.text}>{clip.explanation}</p>
      {clip.p_manipulated === null ? null : (
        <div className={styles.gauge}>
          <PosteriorGauge p={clip.p_manipulated} pPeople={null} interval={asInterval(clip.interval ?? [])} />
        </div>
      )}
      <p className={styles.quiet}>
        {clip.kind === "video" ? `Video of ${duration(clip.duration_s)}` : "Picture"}; closed {dateAndTime(clip.retired_at)}
        {clip.verdicts.length > 1 ? `; verdict number ${clip.verdicts.length}` : ""}.
      </p>
    </Card>
  );
}

function Marks({ clip, canWatch }: { clip: PublicClip; canWatch: boolean }): ReactElement | null {
  const vocabulary = useVocabulary().data;
  if (clip.kinds.length === 0 && clip.marks.length === 0) return null;
  const isVideo = clip.kind === "video";
  return (
    <Card title="What was marked, and where">
      {clip.kinds.length === 0 ? null : (
        <div className={styles.kinds}>
          {clip.kinds.map(({ kind, people }) => (
            <Badge key={kind}>
              {nameIn(vocabulary?.kinds, kind)}: {count(people, "person", "people")}
            </Badge>
          ))}
        </div>
      )}
      {isVideo && clip.marks.length > 0 ? (
        <>
          <ul className={styles.marks} aria-label="Where people agree">
            {clip.marks.map((mark) => {
              const words = `${timecode(mark.start_s)} – ${timecode(mark.end_s)}`;
              const title = `Frames ${mark.start_frame} to ${mark.end_frame}, marked by ${mark.people}, certainty ${percent(mark.certainty)}`;
              return (
                <li key={mark.start_frame}>
                  {canWatch ? (
                    <Link to={`/clips/${clip.id}?frame=${mark.start_frame}`} className={styles.mark} title={title}>
                      {words}
                    </Link>
                  ) : (
                    <span className={styles.mark} title={title}>
                      {words}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
          <p className={styles.quiet}>
            Where two or more people point, weighed by how often each has been right. {canWatch ? "Each leads to its frame." : "The clip itself is shown to those who are signed in."}
          </p>
        </>
      ) : (
        <p className={styles.quiet}>{isVideo ? "No two people agree on a range of frames." : "A picture has one frame; marks on it are shown to those who are signed in."}</p>
      )}
    </Card>
  );
}

function Facts({ clip }: { clip: PublicClip }): ReactElement {
  return (
    <Card title="History and file">
      <dl className={styles.facts}>
        {clip.verdicts.map((verdict) => (
          <div key={verdict.sequence} style={{ display: "contents" }}>
            <dt>Verdict {verdict.sequence}</dt>
            <dd>
              {outcomeWord(verdict.outcome)}, {dateAndTime(verdict.at)}
            </dd>
          </div>
        ))}
        {clip.policy_version === null ? null : (
          <>
            <dt>Decided under</dt>
            <dd>policy {clip.policy_version}</dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd>
          <code className={styles.hash}>{clip.sha256}</code>
        </dd>
      </dl>
      <p className={styles.quiet}>Compare the SHA-256 with that of your copy: only if they are the same is this verdict about it. A later verdict supersedes an earlier one; none is deleted.</p>
    </Card>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: string[] }): ReactElement {
  return (
    <Card title={title}>
      <ul className={styles.list}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Card>
  );
}

const HOW_TO_READ = [
  "The large figure is how likely it is, by all votes and scores together, that the clip was manipulated.",
  "The bar around it is where that figure lies with 95 % certainty. A wide bar means that little is known; a bar across the middle means that nothing is decided.",
  "The words come from a fixed ladder and follow the cautious end of the bar, so that the same evidence always gets the same words.",
];

/** What anybody may know of a closed clip. The clip itself is not shown. */
export function PublicClipPage({ id }: { id: string }): ReactElement {
  const query = useQuery(publicClipQuery(id));
  const user = useUser();
  if (query.isError) return <Missing error={query.error} />;
  if (query.isPending) {
    return (
      <Page title="Result" narrow>
        <Skeleton height={220} radius={10} role="status" aria-label="Loading the result" />
      </Page>
    );
  }
  const clip = query.data;
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
      actions={
        <>
          <ReportButton clipId={clip.id} />
          {user === null ? null : (
            <Button component={Link} to={`/clips/${clip.id}`} variant="default" size="sm">
              See the clip
            </Button>
          )}
        </>
      }
    >
      <div className={styles.stack}>
        <VerdictCard clip={clip} />
        <Sentences title="Who looked" sentences={whoLooked(clip)} />
        <Marks clip={clip} canWatch={user !== null} />
        <Sentences title="What it does not say" sentences={clip.limits} />
        <Sentences title="How to read it" sentences={HOW_TO_READ} />
        <Facts clip={clip} />
      </div>
    </Page>
  );
}
