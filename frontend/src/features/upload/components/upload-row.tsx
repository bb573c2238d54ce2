import { Button, Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { StateBadge } from "@/components/clip/badges";
import { FailureNotice } from "@/components/clip/failure-notice";
import { ProcessingSteps } from "@/components/clip/processing-steps";
import { Notice } from "@/components/ui/notice";
import { clipQuery } from "@/lib/clip-query";
import { fileSize } from "@/lib/format";
import type { Clip } from "@/lib/models";
import type { Uploads } from "../hooks/use-uploads";
import type { UploadItem } from "../upload-queue";
import styles from "./upload.module.css";

/** What becomes of a file once it is there, asked for until it is ready. */
function ClipProgress({ uploaded, isKnown }: { uploaded: Clip; isKnown: boolean }): ReactElement {
  const query = useQuery({ ...clipQuery(uploaded.id), enabled: uploaded.is_mine });
  const clip = query.data ?? uploaded;
  return (
    <div className={styles.after} role="status">
      {isKnown ? (
        <Notice title="These very bytes are here already">
          <p>
            {clip.is_mine ? "You uploaded them before." : "Somebody brought them in before you."} Nothing was stored twice, and no result is told
            here while the clip is open.
          </p>
        </Notice>
      ) : null}
      {clip.failure === null ? <ProcessingSteps clip={clip} /> : <FailureNotice failure={clip.failure} />}
      <p className={styles.links}>
        <StateBadge state={clip.state} />
        {clip.is_mine ? <Link to={`/clips/${clip.id}`}>Open its page</Link> : null}
      </p>
    </div>
  );
}

function RowActions({ item, uploads }: { item: UploadItem; uploads: Uploads }): ReactElement | null {
  const { key, status, problem } = item;
  if (status === "sending" || status === "waiting") {
    return (
      <Button size="xs" variant="default" onClick={() => uploads.cancel(key)}>
        Cancel
      </Button>
    );
  }
  if (status === "cancelled" || (status === "failed" && problem?.canRetry === true)) {
    return (
      <Button size="xs" variant="default" onClick={() => uploads.retry(key)}>
        Try again
      </Button>
    );
  }
  return (
    <Button size="xs" variant="subtle" onClick={() => uploads.remove(key)}>
      Remove from this list
    </Button>
  );
}

const STATUS_WORDS: Record<UploadItem["status"], string> = {
  waiting: "waiting for its turn", sending: "sending", sent: "sent", failed: "not sent", cancelled: "cancelled",
};

export function UploadRow({ item, uploads }: { item: UploadItem; uploads: Uploads }): ReactElement {
  const { file, status, progress, clip, problem } = item;
  const percent = Math.floor(progress * 100);
  return (
    <li className={styles.row} data-testid="upload-row">
      <div className={styles.rowHead}>
        <span className={styles.fileName}>{file.name}</span>
        <span className={styles.fileSize}>{fileSize(file.size)}</span>
        <span className={styles.status}>{status === "sending" ? `${percent} % sent` : STATUS_WORDS[status]}</span>
        <RowActions item={item} uploads={uploads} />
      </div>
      {status === "sending" ? <Progress value={percent} aria-label={`Sending ${file.name}`} color="accent" mt={8} /> : null}
      {problem === null ? null : (
        <div className={styles.after}>
          <FailureNotice failure={problem} />
        </div>
      )}
      {clip === null ? null : <ClipProgress uploaded={clip} isKnown={item.isKnown} />}
    </li>
  );
}
