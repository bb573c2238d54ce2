import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { myRecordQuery } from "../api/my-record";
import { HistoryTable } from "./history-table";
import styles from "./record.module.css";
import { SkillCard } from "./skill-card";

/** A reviewer's own record. */
export function RecordView(): ReactElement {
  const record = useQuery(myRecordQuery);
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
  if (record.isPending) return <Skeleton height={320} radius={10} />;
  const { votes_total: total, votes_today: today, skill, history } = record.data;
  return (
    <div className={styles.stack}>
      <div className={styles.columns}>
        <SkillCard skill={skill} />
        <Card title="How much you have done">
          <dl className={styles.counts}>
            <div>
              <dt>votes today</dt>
              <dd>{today}</dd>
            </div>
            <div>
              <dt>votes in all</dt>
              <dd>{total}</dd>
            </div>
            <div>
              <dt>clips of known truth</dt>
              <dd>{skill.gold_answers}</dd>
            </div>
          </dl>
        </Card>
      </div>
      <HistoryTable votes={history} />
    </div>
  );
}
