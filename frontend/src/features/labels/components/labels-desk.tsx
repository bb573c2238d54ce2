import { Button, Radio, Skeleton, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { outcomeWord } from "@/lib/ladder";
import type { LabelsSummary } from "@/lib/models";
import { labelsSummaryQuery } from "../api/labels-summary";
import { labelsUrl } from "../download-url";
import type { LabelFormat } from "../download-url";
import { LabelColumns } from "./label-columns";
import styles from "./labels.module.css";

function Counts({ summary }: { summary: LabelsSummary }): ReactElement {
  return (
    <dl className={styles.counts}>
      <div>
        <dt>closed clips</dt>
        <dd>{summary.clips_retired.toLocaleString("en")}</dd>
      </div>
      <div>
        <dt>votes</dt>
        <dd>{summary.votes.toLocaleString("en")}</dd>
      </div>
      {Object.entries(summary.by_outcome).map(([outcome, number]) => (
        <div key={outcome}>
          <dt>{outcomeWord(outcome).toLowerCase()}</dt>
          <dd>{number.toLocaleString("en")}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What there is to download, in which form, and the button. */
export function LabelsDesk(): ReactElement {
  const summary = useQuery(labelsSummaryQuery);
  const [format, setFormat] = useState<LabelFormat>("csv");
  const [since, setSince] = useState("");
  return (
    <div className={styles.stack}>
      <Card title="What a download holds now">
        {summary.isError ? (
          <Notice tone="danger" title="The counts could not be loaded" live="alert">
            <p>{explain(summary.error)}</p>
          </Notice>
        ) : summary.data === undefined ? (
          <Skeleton height={64} />
        ) : (
          <Counts summary={summary.data} />
        )}
      </Card>
      <Card title="Download">
        <div className={styles.form}>
          <Radio.Group label="Form" value={format} onChange={(value) => setFormat(value === "jsonl" ? "jsonl" : "csv")}>
            <Radio value="csv" label="CSV: one row a clip, for spreadsheets and pandas" mt={8} />
            <Radio value="jsonl" label="JSON lines: one object a clip, votes as lists" mt={8} />
          </Radio.Group>
          <TextInput
            type="date"
            label="Only clips closed since (optional)"
            value={since}
            onChange={(event) => setSince(event.currentTarget.value)}
            className={styles.date ?? ""}
          />
        </div>
        <Button component="a" href={labelsUrl(format, since)} download size="md" leftSection={<Icon name="download" />}>
          Download labels
        </Button>
        {summary.data?.clips_retired === 0 ? <p className={styles.quiet}>No clip is closed yet: the file will hold no rows.</p> : null}
      </Card>
      <LabelColumns />
    </div>
  );
}
