import { Button, Radio, Skeleton, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
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
import { LabelNotes } from "./label-notes";
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

function NothingYet(): ReactElement {
  return (
    <EmptyState
      title="No clip is closed yet"
      actions={
        <Button component={Link} to="/clips" variant="default">
          See the clips
        </Button>
      }
    >
      <p>A clip has a label once it is closed: when the evidence suffices, or when it has had its most votes. Then it can be downloaded here.</p>
    </EmptyState>
  );
}

function DownloadCard(): ReactElement {
  const [format, setFormat] = useState<LabelFormat>("csv");
  const [since, setSince] = useState("");
  return (
    <Card title="Download">
      <div className={styles.form}>
        <Radio.Group label="Format" value={format} onChange={(value) => setFormat(value === "jsonl" ? "jsonl" : "csv")}>
          <Radio value="csv" label="CSV: one row a clip, for spreadsheets and pandas" mt={8} />
          <Radio value="jsonl" label="JSONL: one object a clip, votes as lists" mt={8} />
        </Radio.Group>
        <TextInput
          type="date"
          label="Only clips closed since (optional)"
          description="From midnight where you are"
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
          className={styles.date ?? ""}
        />
      </div>
      <Button component="a" href={labelsUrl(format, since)} download size="md" leftSection={<Icon name="download" />}>
        Download labels
      </Button>
    </Card>
  );
}

/** What there is to download, in which format, the button, and what to know before training on it. */
export function LabelsDesk(): ReactElement {
  const summary = useQuery(labelsSummaryQuery);
  if (summary.data?.clips_retired === 0) {
    return (
      <div className={styles.stack}>
        <NothingYet />
        <LabelColumns />
      </div>
    );
  }
  return (
    <div className={styles.stack}>
      <Card title="What a download holds now">
        {summary.isError ? (
          <Notice tone="danger" title="The counts could not be loaded" live="alert">
            <p>{explain(summary.error)}</p>
          </Notice>
        ) : summary.data === undefined ? (
          <Skeleton height={64} role="status" aria-label="Loading the counts" />
        ) : (
          <Counts summary={summary.data} />
        )}
      </Card>
      <DownloadCard />
      <LabelNotes />
      <LabelColumns />
    </div>
  );
}
