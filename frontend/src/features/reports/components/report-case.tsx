import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { HistoryList, ReportList } from "@/components/clip/report-history";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Card, Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { dateAndTime, duration } from "@/lib/format";
import type { ReportCase } from "@/lib/models";
import { reportQuery } from "../api/reports";
import { BlurredMedia } from "./blurred-media";
import { DecisionForm } from "./decision-form";
import styles from "@/components/clip/reported-case.module.css";

function Refused({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  const isHeld = hasCode(error, "lease_open");
  const isMissing = hasCode(error, "not_found");
  return (
    <EmptyState
      title={isHeld ? "You hold this clip for review" : isMissing ? "There is no such report" : "The report could not be loaded"}
      headingLevel={1}
      actions={
        isHeld || isMissing ? (
          <Button component={Link} to={isHeld ? "/review" : "/reports"}>
            {isHeld ? "Back to the clip" : "To the reports"}
          </Button>
        ) : (
          <Button onClick={onRetry}>Try again</Button>
        )
      }
    >
      <p>{isMissing ? "It may have gone to the safeguarding officer, who alone sees such clips." : explain(error)}</p>
    </EmptyState>
  );
}

function Facts({ found }: { found: ReportCase }): ReactElement {
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Kind</dt>
        <dd>{found.kind === "video" ? `video, ${duration(found.duration_s)}` : (found.kind ?? "not known yet")}</dd>
      </div>
      <div>
        <dt>Uploaded</dt>
        <dd>{dateAndTime(found.uploaded_at)}</dd>
      </div>
      <div>
        <dt>Source</dt>
        <dd>{found.source ?? "not said"}</dd>
      </div>
      <div>
        <dt>Licence</dt>
        <dd>{found.licence ?? "not said"}</dd>
      </div>
    </dl>
  );
}

/** One reported clip: what was said, what was done, the clip itself when asked for, and the decision. */
export function ReportCaseView({ id }: { id: string }): ReactElement {
  const query = useQuery(reportQuery(id));
  if (query.isError) return <Refused error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) {
    return (
      <Page title="Report">
        <Skeleton height={320} radius={10} role="status" aria-label="Loading the report" />
      </Page>
    );
  }
  const found = query.data;
  return (
    <Page
      title={found.name}
      lead={
        <span className={styles.badges}>
          {found.withheld ? <Badge tone="warn" icon="lock">withheld</Badge> : <Badge icon="film">shown</Badge>}
          {found.urgent ? <Badge tone="danger" icon="flag">urgent</Badge> : null}
        </span>
      }
      actions={
        <Button component={Link} to="/reports" variant="default">
          All reports
        </Button>
      }
    >
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Card title="What was reported">
            <ReportList reports={found.reports} />
          </Card>
          <Card title="The clip">
            <BlurredMedia found={found} />
            <Facts found={found} />
          </Card>
        </div>
        <div className={styles.stack}>
          <Card title="Your decision">
            <DecisionForm key={String(found.withheld)} found={found} />
          </Card>
          <Card title="What was done">
            <HistoryList steps={found.history} />
          </Card>
        </div>
      </div>
    </Page>
  );
}
