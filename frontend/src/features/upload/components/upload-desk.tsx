import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { ReactElement } from "react";
import { count, fileSize } from "@/lib/format";
import { useLeaveGuard } from "../hooks/use-leave-guard";
import { useUploads } from "../hooks/use-uploads";
import type { Uploads } from "../hooks/use-uploads";
import { countIn } from "../upload-queue";
import type { Origin } from "../upload-queue";
import { AcceptedFiles } from "./accepted-files";
import { DropZone } from "./drop-zone";
import { FileRow } from "./file-row";
import listStyles from "./file-list.module.css";
import { LeaveDialog } from "./leave-dialog";
import { OriginFields } from "./origin-fields";
import styles from "./upload-desk.module.css";

function readyWords(uploads: Uploads): string {
  const ready = uploads.queue.files.filter(({ phase }) => phase === "ready");
  if (ready.length > 0) return `${count(ready.length, "file")} ready, ${fileSize(ready.reduce((sum, { file }) => sum + file.size, 0))}`;
  const left = countIn(uploads.queue, "waiting", "sending");
  return left > 0 ? `${count(left, "file")} still to go` : "Choose files first";
}

/** Bringing in clips: choose, say where they come from, send, and watch them reach the queue. */
export function UploadDesk(): ReactElement {
  const uploads = useUploads();
  const { queue, dispatch } = uploads;
  const [origin, setOrigin] = useState<Origin>({ source: "", licence: "", mediaConsent: false });
  const chooseRef = useRef<HTMLButtonElement>(null);
  const blocker = useLeaveGuard(countIn(queue, "waiting", "sending") > 0);
  const remove = (id: number) => {
    dispatch({ type: "remove", id });
    chooseRef.current?.focus();
  };
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <DropZone buttonRef={chooseRef} onFiles={(files) => dispatch({ type: "add", files })} />
        <form
          className={styles.form}
          aria-label="Upload"
          onSubmit={(event) => {
            event.preventDefault();
            dispatch({ type: "upload", origin });
          }}
        >
          <OriginFields origin={origin} onChange={setOrigin} />
          <div className={styles.go}>
            <Button type="submit" size="md" disabled={countIn(queue, "ready") === 0}>
              Upload
            </Button>
            <span className={styles.count}>{readyWords(uploads)}</span>
          </div>
        </form>
        {queue.files.length === 0 ? null : (
          <section aria-labelledby="upload-files">
            <h2 id="upload-files" className={styles.heading}>
              {count(queue.files.length, "file")}
            </h2>
            <ul className={listStyles.list}>
              {queue.files.map((entry) => (
                <FileRow key={entry.id} entry={entry} onCancel={uploads.cancel} onRetry={(id) => dispatch({ type: "retry", id, origin })} onRemove={remove} />
              ))}
            </ul>
          </section>
        )}
      </div>
      <AcceptedFiles />
      {blocker.state === "blocked" ? <LeaveDialog onStay={() => blocker.reset()} onLeave={() => blocker.proceed()} /> : null}
    </div>
  );
}
