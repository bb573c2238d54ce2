import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { ReactElement } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { explain } from "@/lib/api-error";
import { useVocabulary } from "@/lib/vocabulary";
import { assignmentQuery, leaseFramesQuery } from "../api/assignment";
import { useDeskSettings } from "../hooks/use-desk-settings";
import type { Desk } from "../hooks/use-desk-settings";
import { DeskIntro, EmptyQueue } from "./desk-states";
import { Judging } from "./judging";
import styles from "./judging.module.css";

let visits = 0;

function DeskLoading(): ReactElement {
  return (
    <div className={styles.desk} role="status" aria-label="Loading the next clip">
      <div className={styles.left} />
      <div className={styles.card}>
        <div className={styles.steps}>
          <Skeleton height={26} width="60%" />
          <Skeleton height={84} />
          <Skeleton height={26} width="40%" />
          <Skeleton height={120} />
        </div>
      </div>
    </div>
  );
}

function DeskTrouble({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  return (
    <EmptyState title="The next clip could not be fetched" headingLevel={1} actions={<Button onClick={onRetry}>Try again</Button>}>
      <p>{explain(error)}</p>
    </EmptyState>
  );
}

interface RoundProps {
  userId: number;
  visit: number;
  round: number;
  settings: Desk;
  sealedToday: number;
  onSealed: () => void;
  onNext: () => void;
}

/** One clip from lease to seal. The following one is fetched as soon as this one is sealed. */
function DeskRound({ userId, visit, round, settings, sealedToday, onSealed, onNext }: RoundProps): ReactElement {
  const client = useQueryClient();
  const query = assignmentQuery(userId, visit, round);
  const next = assignmentQuery(userId, visit, round + 1);
  const assignment = useQuery(query);
  const vocabulary = useVocabulary();
  const lease = assignment.data ?? null;
  const isVideo = lease?.clip.kind === "video";
  const frames = useQuery({ ...leaseFramesQuery(lease?.id ?? ""), enabled: isVideo });
  const upcoming = useQuery({ ...next, enabled: false });

  const prefetchNext = useCallback(() => {
    onSealed();
    // What fails here is asked for again, and reported, when the next clip is opened.
    const fetchNext = async () => {
      const following = await client.query(next);
      if (following?.clip.kind === "video") await client.query(leaseFramesQuery(following.id));
    };
    fetchNext().catch(() => undefined);
  }, [client, next, onSealed]);

  if (assignment.isError) return <DeskTrouble error={assignment.error} onRetry={() => void assignment.refetch()} />;
  if (vocabulary.isError) return <DeskTrouble error={vocabulary.error} onRetry={() => void vocabulary.refetch()} />;
  if (assignment.isPending || vocabulary.isPending || (isVideo && frames.isPending)) return <DeskLoading />;
  if (lease === null) return <EmptyQueue isChecking={assignment.isFetching} onCheck={() => void assignment.refetch()} />;
  return (
    <Judging
      key={lease.id}
      userId={userId}
      lease={lease}
      leaseKey={query.queryKey}
      frameTimes={frames.data ?? null}
      vocabulary={vocabulary.data}
      settings={settings}
      sealedToday={sealedToday}
      isNextReady={upcoming.data != null}
      onSealed={prefetchNext}
      onNext={onNext}
    />
  );
}

/** The reviewer's workstation. */
export function ReviewDesk({ userId }: { userId: number }): ReactElement {
  const settings = useDeskSettings();
  const [visit] = useState(() => (visits += 1));
  const [round, setRound] = useState(0);
  const [sealedToday, setSealedToday] = useState(0);
  const countSealed = useCallback(() => setSealedToday((count) => count + 1), []);
  if (!settings.settings.introSeen) return <DeskIntro onStart={() => settings.change({ introSeen: true })} />;
  return (
    <DeskRound
      key={round}
      userId={userId}
      visit={visit}
      round={round}
      settings={settings}
      sealedToday={sealedToday}
      onSealed={countSealed}
      onNext={() => setRound((old) => old + 1)}
    />
  );
}
