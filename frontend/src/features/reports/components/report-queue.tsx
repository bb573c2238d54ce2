import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { ago, count } from "@/lib/format";
import type { ReportedClip } from "@/lib/models";
import { REPORT_REASONS } from "@/lib/report-words";
import { reportsQuery } from "../api/reports";
import type { QueueState } from "../api/reports";
import styles from "@/components/clip/reported-case.module.css";

function Line({ item, nowMs }: { item: ReportedClip; nowMs: number }): ReactElement {
  return (
    <li>
      <Link to={`/reports/${item.id}`} className={styles.line}>
        <Icon name={item.kind === "image" ? "image" : "film"} />
        <span className={styles.name}>{item.name}</span>
        <span className={styles.badges}>
          {item.reasons.map((reason) => (
            <Badge key={reason} tone={reason === "intimate" ? "danger" : "neutral"} icon="flag">
              {REPORT_REASONS[reason].short}
            </Badge>
          ))}
          {item.withheld ? <Badge tone="warn" icon="lock">withheld</Badge> : null}
        </span>
        <span className={styles.when}>
          {count(item.reports, "report")}, {ago(item.reported_at, nowMs)}
        </span>
        <Icon name="right" size={18} />
      </Link>
    </li>
  );
}

function Empty({ state }: { state: QueueState }): ReactElement {
  return (
    <EmptyState
      title={state === "open" ? "Nothing waits" : "Nothing has been decided yet"}
      lit={12}
      actions={
        <Button component={Link} to="/clips" variant="default">
          See the clips
        </Button>
      }
    >
      <p>{state === "open" ? "Every report has been looked at. New ones appear here by themselves." : "Clips you decide on appear here, and can be looked at again."}</p>
    </EmptyState>
  );
}

/** The moderators' queue of reported clips. */
export function ReportQueue(): ReactElement {
  const [state, setState] = useState<QueueState>("open");
  const query = useQuery(reportsQuery(state));
  return (
    <div className={styles.stack}>
      <div className={styles.row} role="group" aria-label="Which reports">
        {(["open", "decided"] as const).map((choice) => (
          <Button key={choice} size="xs" variant={state === choice ? "filled" : "default"} aria-pressed={state === choice} onClick={() => setState(choice)}>
            {choice === "open" ? "Waiting" : "Decided"}
          </Button>
        ))}
      </div>
      {query.isError ? (
        <Notice tone="danger" title="The reports could not be loaded" live="alert">
          <p>{explain(query.error)}</p>
        </Notice>
      ) : query.data === undefined ? (
        <Skeleton height={160} radius={10} role="status" aria-label="Loading the reports" />
      ) : query.data.items.length === 0 ? (
        <Empty state={state} />
      ) : (
        <ul className={styles.list} aria-label="Reported clips">
          {query.data.items.map((item) => (
            <Line key={item.id} item={item} nowMs={query.dataUpdatedAt} />
          ))}
        </ul>
      )}
    </div>
  );
}
