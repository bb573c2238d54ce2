import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { count } from "@/lib/format";
import type { VersionAction } from "../api/versions";
import { versionsQuery } from "../api/versions";
import { DecideDialog } from "./decide-dialog";
import styles from "./reliabilities.module.css";
import { VersionCard } from "./version-card";

/** Versions of what is known of the reviewers; an admin decides on those that the guard holds back. */
export function VersionsDesk({ canDecide }: { canDecide: boolean }): ReactElement {
  const versions = useQuery(versionsQuery);
  const [asked, setAsked] = useState<{ action: VersionAction; version: number } | null>(null);
  if (versions.isPending) return <Skeleton height={320} radius={10} role="status" aria-label="Loading versions" />;
  if (versions.isError) {
    return (
      <Notice tone="danger" title="The versions could not be loaded" live="alert">
        <p>{explain(versions.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void versions.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  const { items, clips_to_follow: waiting } = versions.data;
  const onDecide = canDecide ? (action: VersionAction, version: number) => setAsked({ action, version }) : null;
  return (
    <div className={styles.stack}>
      {waiting === 0 ? null : (
        <Notice tone="info" live="status">
          <p>{count(waiting, "clip")} still to be judged again under the version in force. This goes on by itself.</p>
        </Notice>
      )}
      {!canDecide && items.some(({ state }) => state === "frozen") ? (
        <Notice tone="warn">
          <p>A version is frozen. An administrator decides whether it comes into force.</p>
        </Notice>
      ) : null}
      {items.map((version) => (
        <VersionCard key={version.version} version={version} onDecide={onDecide} />
      ))}
      {items.length > 1 ? null : <p className={styles.quiet}>The next version comes after 20 answers on gold, or 10,000 votes.</p>}
      {asked === null ? null : <DecideDialog {...asked} onClose={() => setAsked(null)} />}
    </div>
  );
}
