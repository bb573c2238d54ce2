import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge } from "@/components/clip/badges";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { ago, count, duration, shortId } from "@/lib/format";
import type { QueuedDispute } from "@/lib/models";
import { queueQuery } from "../api/disputes";
import type { QueueFilter } from "../api/disputes";
import { CONFLICTS } from "../words";
import styles from "./queue.module.css";
import { ReasonBadges } from "./reason-badges";

function Standing({ row }: { row: QueuedDispute }): ReactElement | null {
  if (row.verdict !== null) return <OutcomeBadge outcome={row.verdict} />;
  if (row.conflict !== null) return <Badge icon="lock">{CONFLICTS[row.conflict].word}: read only</Badge>;
  return row.has_sealed ? (
    <Badge tone="accent" icon="seal">
      sealed, to be decided
    </Badge>
  ) : null;
}

function Poster({ row }: { row: QueuedDispute }): ReactElement {
  return (
    <span className={styles.frame}>
      {row.poster_url === null ? <Icon name={row.kind === "image" ? "image" : "film"} size={28} /> : <img src={row.poster_url} alt="" loading="lazy" />}
      <span className={styles.length}>{row.kind === "image" ? "picture" : duration(row.duration_s)}</span>
    </span>
  );
}

function Line({ row, nowMs }: { row: QueuedDispute; nowMs: number }): ReactElement {
  return (
    <li className={styles.line}>
      <Poster row={row} />
      <div className={styles.body}>
        <Link to={`/disputes/${row.id}`} className={styles.name}>
          Clip {shortId(row.clip_id)}
          {row.round > 1 ? `, round ${row.round}` : ""}
        </Link>
        <span className={styles.badges}>
          <ReasonBadges reasons={row.reasons} />
          <Standing row={row} />
          {row.simulated ? <SimulatedBadge /> : null}
        </span>
        <span className={styles.facts}>
          {count(row.n_votes, "vote")} · importance {row.importance} of 5 ·{" "}
          {row.decided_at === null ? `opened ${ago(row.opened_at, nowMs)}` : `decided ${ago(row.decided_at, nowMs)}`}
          {row.clip_state === "retired" ? "" : " · still collecting votes"}
        </span>
      </div>
      {row.expected_value === null ? null : (
        <span className={styles.value} title="Closeness to one half × importance × age, by the people’s votes alone">
          <strong>{row.expected_value.toFixed(1)}</strong> value
        </span>
      )}
    </li>
  );
}

function Nothing({ filter }: { filter: QueueFilter }): ReactElement {
  if (filter.reason !== null) {
    return (
      <EmptyState title="No dispute fits this choice">
        <p>Choose another reason above. Reasons that rest on a detector are found here only once you have sealed.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={filter.state === "open" ? "No dispute is waiting" : "Nothing has been decided yet"} lit={filter.state === "open" ? 12 : 0}>
      <p>
        {filter.state === "open"
          ? "Disputes open by themselves: when proven reviewers clash, when people and a detector part ways, by random checks and by appeals. Until then, look at what has closed under Clips."
          : "Decisions appear here, the newest first. Begin with what is waiting."}
      </p>
    </EmptyState>
  );
}

/** Disputed clips, those first where a decision is worth most. */
export function DisputeQueue({ filter }: { filter: QueueFilter }): ReactElement {
  const queue = useInfiniteQuery(queueQuery(filter));
  if (queue.isPending) {
    return (
      <div role="status" aria-label="Loading disputes" className={styles.list}>
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} height={104} radius={10} />
        ))}
      </div>
    );
  }
  if (queue.isError) {
    return (
      <Notice tone="danger" title="The disputes could not be loaded" live="alert">
        <p>{explain(queue.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void queue.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  const rows = queue.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <Nothing filter={filter} />;
  return (
    <>
      <ol className={styles.list} aria-label="Disputes">
        {rows.map((row) => (
          <Line key={row.id} row={row} nowMs={queue.dataUpdatedAt} />
        ))}
      </ol>
      {queue.hasNextPage ? (
        <p className={styles.more}>
          <Button variant="default" loading={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
            Show more
          </Button>
        </p>
      ) : null}
    </>
  );
}
