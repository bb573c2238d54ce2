import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { ago, count, shortId } from "@/lib/format";
import type { SafeguardedClip } from "@/lib/models";
import { safeguardingQuery } from "../api/safeguarding";
import styles from "@/components/clip/reported-case.module.css";

function Line({ item, nowMs }: { item: SafeguardedClip; nowMs: number }): ReactElement {
  return (
    <li>
      <Link to={`/safeguarding/${item.id}`} className={styles.line}>
        <Icon name="lock" />
        <span className={styles.name}>
          {item.kind === "image" ? "Picture" : "Clip"} {shortId(item.id)}
        </span>
        <span className={styles.badges}>
          {item.open_reports > 0 ? <Badge tone="danger" icon="flag">{count(item.open_reports, "report")} waiting</Badge> : null}
          {item.reference === null ? null : <Badge icon="lock">blocked, {item.reference}</Badge>}
          {item.withheld ? null : <Badge tone="warn">shown: released before</Badge>}
        </span>
        <span className={styles.when}>{item.reported_at === null ? "" : `reported ${ago(item.reported_at, nowMs)}`}</span>
        <Icon name="right" size={18} />
      </Link>
    </li>
  );
}

/** What was reported as the possible abuse of a child. No name, no picture. */
export function SafeguardingQueue(): ReactElement {
  const query = useQuery(safeguardingQuery);
  if (query.isError) {
    return (
      <Notice tone="danger" title="The cases could not be loaded" live="alert">
        <p>{explain(query.error)}</p>
      </Notice>
    );
  }
  if (query.data === undefined) return <Skeleton height={160} radius={10} role="status" aria-label="Loading the cases" />;
  if (query.data.items.length === 0) {
    return (
      <EmptyState title="Nothing waits for you" lit={12}>
        <p>When somebody reports the possible abuse of a child, the clip is taken from everybody at once and appears here, for you alone.</p>
      </EmptyState>
    );
  }
  return (
    <ul className={styles.list} aria-label="Cases">
      {query.data.items.map((item) => (
        <Line key={item.id} item={item} nowMs={query.dataUpdatedAt} />
      ))}
    </ul>
  );
}
