import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Card } from "@/components/ui/page";
import { failureWords } from "@/lib/failure-words";
import { count, dateAndTime, shortId } from "@/lib/format";
import type { Clip } from "@/lib/models";
import { operationsQuery } from "../api/administration";
import { failedClipsQuery, useRetryClip, useRetryClips } from "../api/jobs";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { QueryState, Refusal } from "./query-state";

function ByCode({ codes }: { codes: Record<string, number> }): ReactElement | null {
  const retry = useRetryClips();
  const entries = Object.entries(codes);
  if (entries.length === 0) return null;
  return (
    <>
      <ul className={styles.steps}>
        {entries.map(([code, number]) => (
          <li key={code}>
            <span>
              {failureWords({ code, detail: "" }).title} <span className={styles.detail}>{code}</span>
            </span>
            <span className={styles.number}>{count(number, "clip")}</span>
            <Button size="xs" variant="default" loading={retry.isPending && retry.variables === code} onClick={() => retry.mutate(code)} aria-label={`Try all again: ${code}`}>
              Try all again
            </Button>
          </li>
        ))}
      </ul>
      <Refusal error={retry.error} title="They were not tried again" />
    </>
  );
}

function FailedRow({ clip }: { clip: Clip }): ReactElement {
  const retry = useRetryClip();
  const failure = clip.failure ?? { code: "", detail: "" };
  return (
    <tr role="row">
      <td role="cell">
        <Link to={`/clips/${clip.id}`}>{clip.original_name ?? `clip ${shortId(clip.id)}`}</Link>
      </td>
      <td role="cell" className={styles.wide}>
        <span className={styles.name}>{failureWords(failure).title}</span>
        {failure.detail}
        <Refusal error={retry.error} title="It was not tried again" />
      </td>
      <td role="cell">{dateAndTime(clip.uploaded_at)}</td>
      <td role="cell" className={styles.act}>
        <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(clip.id)} aria-label={`Try again: ${clip.original_name ?? shortId(clip.id)}`}>
          Try again
        </Button>
      </td>
    </tr>
  );
}

/** Clips that could not be processed: by their reason, and the newest one by one. */
export function FailedClips(): ReactElement {
  const operations = useQuery(operationsQuery);
  const clips = useQuery(failedClipsQuery);
  const items = clips.data?.items ?? [];
  return (
    <div id="failed-clips">
      <Card title="Clips that could not be processed">
        <QueryState query={clips} what="failed clips" />
        {clips.data !== undefined && items.length === 0 ? <p className={styles.quiet}>None. Every file that came in could be read.</p> : null}
        <div className={styles.stack}>
          <ByCode codes={operations.data?.clips_failed ?? {}} />
          {items.length === 0 ? null : (
            <AdminTable label="Failed clips" columns={["Clip", "Why", "Uploaded"]} act="Try again">
              {items.map((clip) => (
                <FailedRow key={clip.id} clip={clip} />
              ))}
            </AdminTable>
          )}
        </div>
      </Card>
    </div>
  );
}
