import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { HistoryList, ReportList } from "@/components/clip/report-history";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Card, Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { cx } from "@/lib/cx";
import { dateAndTime, duration, fileSize, shortId } from "@/lib/format";
import type { SafeguardingCase } from "@/lib/models";
import { safeguardingCaseQuery } from "../api/safeguarding";
import { CaseActions } from "./case-actions";
import { RevealCard } from "./reveal-card";
import styles from "@/components/clip/reported-case.module.css";

function Facts({ found }: { found: SafeguardingCase }): ReactElement {
  const facts: [string, string][] = [
    ["File’s name", found.name],
    ["Kind", found.kind === "video" ? `video, ${duration(found.duration_s)}` : (found.kind ?? "not known yet")],
    ["Size", fileSize(found.size_bytes)],
    ["Uploaded", dateAndTime(found.uploaded_at)],
    ["Uploaded by", found.uploader === null ? "unknown" : `${found.uploader.display_name}, ${found.uploader.email} (account ${found.uploader.id})`],
    ["Source, as they said", found.source ?? "not said"],
    ["SHA-256", found.sha256],
  ];
  return (
    <dl className={cx(styles.facts, styles.lastWide)}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{name === "SHA-256" ? <code>{value}</code> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One case, decided without looking wherever that is possible. */
export function SafeguardingCaseView({ id }: { id: string }): ReactElement {
  const query = useQuery(safeguardingCaseQuery(id));
  if (query.isError) {
    const isMissing = hasCode(query.error, "not_found");
    return (
      <EmptyState
        title={isMissing ? "There is no such case" : "The case could not be loaded"}
        headingLevel={1}
        actions={
          isMissing ? (
            <Button component={Link} to="/safeguarding">
              All cases
            </Button>
          ) : (
            <Button onClick={() => void query.refetch()}>Try again</Button>
          )
        }
      >
        <p>{explain(query.error)}</p>
      </EmptyState>
    );
  }
  if (query.data === undefined) {
    return (
      <Page title="Case">
        <Skeleton height={320} radius={10} role="status" aria-label="Loading the case" />
      </Page>
    );
  }
  const found = query.data;
  return (
    <Page
      title={`Case ${shortId(found.id)}`}
      lead={
        <span className={styles.badges}>
          {found.withheld ? <Badge tone="warn" icon="lock">withheld from everybody</Badge> : <Badge icon="film">shown</Badge>}
          {found.blocked ? <Badge tone="danger" icon="lock">blocked for ever</Badge> : null}
        </span>
      }
      actions={
        <Button component={Link} to="/safeguarding" variant="default">
          All cases
        </Button>
      }
    >
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Card title="What was reported">
            <ReportList reports={found.reports} />
          </Card>
          <Card title="Facts about the file">
            <Facts found={found} />
          </Card>
        </div>
        <div className={styles.stack}>
          <Card title="What to do">
            <CaseActions found={found} />
          </Card>
          <Card title="Looking at it">
            <RevealCard found={found} />
          </Card>
          <Card title="What was done">
            <HistoryList steps={found.history} />
          </Card>
        </div>
      </div>
    </Page>
  );
}
