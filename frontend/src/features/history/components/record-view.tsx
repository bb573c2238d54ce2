import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import type { ReviewerRecord } from "@/lib/models";
import { FIRST_VOTES, MOST_VOTES, myRecordQuery } from "../api/my-record";
import { HistoryTable } from "./history-table";
import styles from "./record.module.css";
import { SkillCard } from "./skill-card";

function Counts({ record }: { record: ReviewerRecord }): ReactElement {
  const figures: [string, number][] = [
    ["votes today", record.votes_today], ["votes in all", record.votes_total], ["gold answers", record.skill.gold_answers],
  ];
  return (
    <Card title="How much you have done">
      <dl className={styles.counts}>
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{figure.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.quiet}>A gold answer is one on a clip whose truth is known. Days begin at midnight UTC.</p>
    </Card>
  );
}

function NoVotes(): ReactElement {
  return (
    <EmptyState
      title="No votes yet"
      actions={
        <Button component={Link} to="/review">
          Judge your first clip
        </Button>
      }
    >
      <p>Every vote you seal appears here: your answer, how sure you were, and, once the clip is closed, how it ended.</p>
    </EmptyState>
  );
}

/** A reviewer's own record. */
export function RecordView(): ReactElement {
  const [limit, setLimit] = useState(FIRST_VOTES);
  const record = useQuery(myRecordQuery(limit));
  if (record.isError) {
    return (
      <Notice tone="danger" title="Your record could not be loaded" live="alert">
        <p>{explain(record.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void record.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  if (record.isPending) return <Skeleton height={320} radius={10} role="status" aria-label="Loading your record" />;
  const { votes_total: total, skill, history } = record.data;
  if (total === 0) return <NoVotes />;
  return (
    <div className={styles.stack}>
      <div className={styles.columns}>
        <SkillCard skill={skill} />
        <Counts record={record.data} />
      </div>
      <HistoryTable votes={history} total={total}>
        {history.length < total && limit < MOST_VOTES ? (
          <Button variant="default" loading={record.isFetching} onClick={() => setLimit(MOST_VOTES)}>
            Show older votes
          </Button>
        ) : null}
      </HistoryTable>
    </div>
  );
}
