import { Button, Skeleton, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Link, useSearchParams } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import shared from "@/components/ui/rows.module.css";
import { explain } from "@/lib/api-error";
import { dateAndTime } from "@/lib/format";
import type { Lineage, VersionState } from "@/lib/models";
import { lineageQuery } from "../api/lineage";
import { heldWords, parseTraced, taughtWords } from "../traced";
import type { Traced } from "../traced";
import styles from "./lineage.module.css";

const STATES: Record<VersionState, string> = { candidate: "candidate", active: "in force", retired: "not in force" };

function Snapshots({ rows, traced }: { rows: Lineage["snapshots"]; traced: Traced }): ReactElement {
  return (
    <Card title="Snapshots">
      {rows.length === 0 ? (
        <p className={shared.quiet}>No frozen snapshot holds it, so no version was trained on it.</p>
      ) : (
        <ul className={shared.rows}>
          {rows.map((row) => (
            <li key={row.snapshot_id} className={shared.row}>
              <Link to={`/datasets/${row.dataset_id}`}>
                {row.dataset_name}, snapshot {row.sequence}
              </Link>
              <span className={shared.quiet}>{dateAndTime(row.frozen_at)}</span>
              <span>{heldWords(row, traced)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Versions({ rows }: { rows: Lineage["versions"] }): ReactElement {
  return (
    <Card title="Detector versions">
      {rows.length === 0 ? (
        <p className={shared.quiet}>No version was trained on it.</p>
      ) : (
        <ul className={shared.rows}>
          {rows.map((row) => (
            <li key={row.id} className={shared.row}>
              <Link to={`/detectors/${row.id}`}>
                {row.detector} {row.version}
              </Link>
              <Badge tone={row.state === "active" ? "warn" : "neutral"} icon={row.state === "active" ? "warn" : undefined}>
                {STATES[row.state]}
              </Badge>
              <span className={shared.quiet}>{taughtWords(row)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Found({ traced }: { traced: Traced }): ReactElement {
  const found = useQuery(lineageQuery(traced));
  if (found.isError) {
    return (
      <Notice tone="danger" title="This could not be traced" live="alert">
        <p>{explain(found.error)}</p>
      </Notice>
    );
  }
  if (found.data === undefined) return <Skeleton height={200} role="status" aria-label="Tracing" />;
  return (
    <>
      <Snapshots rows={found.data.snapshots} traced={traced} />
      <Versions rows={found.data.versions} />
      {traced.kind === "reviewer" && found.data.snapshots.length > 0 ? (
        <Notice tone="info" title="Train again without these votes">
          <p>
            Make a <Link to="/datasets">dataset</Link> with account {traced.id} under “Votes taken out”, freeze it, and start a <Link to="/training">training run</Link> from a version that is not listed here. The old snapshots stay as they are.
          </p>
        </Notice>
      ) : null}
    </>
  );
}

/** Ask for an account's number or a clip's id, and show where it went. What is asked stands in the address. */
export function LineageDesk(): ReactElement {
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get("of") ?? "";
  const [text, setText] = useState(asked);
  const traced = parseTraced(asked);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setParameters({ of: text.trim() });
  };
  return (
    <div className={shared.stack}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          className={styles.input ?? ""}
          label="An account’s number, or a clip’s id or address"
          description="Whoever asks about a clip is not asked to judge it any more."
          value={text}
          error={asked !== "" && traced === null ? "This is neither." : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={text.trim() === ""}>
          Trace
        </Button>
      </form>
      {traced === null ? null : <Found traced={traced} />}
    </div>
  );
}
