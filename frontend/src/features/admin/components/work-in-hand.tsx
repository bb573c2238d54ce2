import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/page";
import { ago } from "@/lib/format";
import type { Operations } from "@/lib/models";
import { operationsQuery } from "../api/administration";
import styles from "./admin.module.css";
import { QueryState } from "./query-state";

function Worker({ now }: { now: Operations }): ReactElement {
  if (now.worker_alive) {
    return (
      <Badge icon="check" tone="authentic">
        at work
      </Badge>
    );
  }
  return (
    <Badge icon="warn" tone="danger">
      {now.worker_seen_at === null ? "never seen" : `away, last seen ${ago(now.worker_seen_at, Date.parse(now.at))}`}
    </Badge>
  );
}

function Figure({ words, value }: { words: string; value: number | string }): ReactElement {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{typeof value === "number" ? value.toLocaleString("en") : value}</dd>
    </div>
  );
}

/** How work gets on at this moment; looked at anew every few seconds. */
export function WorkInHand(): ReactElement {
  const operations = useQuery(operationsQuery);
  const now = operations.data;
  return (
    <Card title="Work in hand">
      <QueryState query={operations} what="work in hand" />
      {now === undefined ? null : (
        <dl className={styles.figures}>
          <div>
            <dt>worker</dt>
            <dd>
              <Worker now={now} />
            </dd>
          </div>
          {now.queue_waiting === null ? null : <Figure words="in the queue" value={now.queue_waiting} />}
          {now.queue_running === null ? null : <Figure words="being worked on" value={now.queue_running} />}
          <Figure words="events to hand out" value={now.outbox_waiting} />
          <Figure words="oldest of them" value={now.outbox_waiting === 0 ? "\u2013" : `${Math.round(now.outbox_lag_s)} s`} />
          <Figure words="clips in processing" value={now.clips_in_processing} />
        </dl>
      )}
    </Card>
  );
}
