import { Button, Progress } from "@mantine/core";
import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import type { Tone } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import type { IconName } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { fileSize, percent } from "@/lib/format";
import { sentShare } from "../upload-queue";
import type { Phase, QueuedFile, Refusal } from "../upload-queue";
import styles from "./file-list.module.css";
import { StoredClip } from "./stored-clip";

export interface RowActions {
  onCancel: (id: number) => void;
  onRetry: (id: number) => void;
  onRemove: (id: number) => void;
}

const PHASES: Record<Phase, { word: string; icon: IconName; tone: Tone }> = {
  ready: { word: "Ready", icon: "film", tone: "neutral" },
  waiting: { word: "Waits its turn", icon: "clock", tone: "neutral" },
  sending: { word: "Uploading", icon: "upload", tone: "accent" },
  stored: { word: "Uploaded", icon: "check", tone: "accent" },
  refused: { word: "Not uploaded", icon: "warn", tone: "danger" },
  cancelled: { word: "Cancelled", icon: "cross", tone: "neutral" },
};

function Sending({ entry }: { entry: QueuedFile }): ReactElement {
  const share = sentShare(entry);
  const isStoring = share === 1;
  return (
    <div className={styles.sending}>
      <Progress value={share * 100} size="md" radius="xl" color="accent" animated={isStoring} striped={isStoring} aria-label={`Upload of ${entry.file.name}`} />
      <p className={styles.figures}>
        {isStoring ? "All sent; the server is checking it" : `${percent(share)} · ${fileSize(entry.sentBytes)} of ${fileSize(entry.file.size)}`}
      </p>
    </div>
  );
}

function RefusalNotice({ refusal }: { refusal: Refusal }): ReactElement {
  return (
    <Notice tone="danger" title={refusal.title} live="alert">
      <p>{refusal.detail}</p>
      {refusal.advice === null ? null : <p>{refusal.advice}</p>}
      {refusal.needsSignIn ? (
        <p>
          <a href="/sign-in" target="_blank" rel="noreferrer">
            Sign in (new tab)
          </a>
        </p>
      ) : null}
    </Notice>
  );
}

function RowButtons({ entry, onCancel, onRetry, onRemove }: { entry: QueuedFile } & RowActions): ReactElement {
  const { id, file, phase, refusal } = entry;
  const button = (word: string, onClick: (id: number) => void) => (
    <Button size="xs" variant="default" aria-label={`${word} ${file.name}`} onClick={() => onClick(id)}>
      {word}
    </Button>
  );
  const isUnderWay = phase === "waiting" || phase === "sending";
  return (
    <div className={styles.buttons}>
      {phase === "cancelled" || refusal?.canRetry === true ? button("Retry", onRetry) : null}
      {isUnderWay ? button("Cancel", onCancel) : button("Remove", onRemove)}
    </div>
  );
}

/** One file of the batch: what it is, how far it is, and what can be done. */
export function FileRow({ entry, ...actions }: { entry: QueuedFile } & RowActions): ReactElement {
  const { word, icon, tone } = PHASES[entry.phase];
  return (
    <li className={styles.row} aria-label={entry.file.name}>
      <div className={styles.head}>
        <span className={styles.kind}>
          <Icon name={entry.file.type.startsWith("image/") ? "image" : "film"} size={22} />
        </span>
        <div className={styles.title}>
          <span className={styles.name}>{entry.file.name}</span>
          <span className={styles.about}>
            {fileSize(entry.file.size)}
            <span role="status">
              <Badge tone={tone} icon={icon}>
                {word}
              </Badge>
            </span>
          </span>
        </div>
        <RowButtons entry={entry} {...actions} />
      </div>
      {entry.phase === "sending" ? <Sending entry={entry} /> : null}
      {entry.refusal === null ? null : <RefusalNotice refusal={entry.refusal} />}
      {entry.stored === null ? null : <StoredClip stored={entry.stored} />}
    </li>
  );
}
