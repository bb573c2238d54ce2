import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { DragEvent, ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import styles from "./upload.module.css";

const ACCEPT = "video/*,image/jpeg,image/png,image/webp";

/** A place to drop files on, and a button that does the same. */
export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
  };
  return (
    <div
      className={styles.zone}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" size={34} />
      <p className={styles.zoneText}>{isOver ? "Let go to upload" : "Drop videos or pictures here"}</p>
      <Button onClick={() => input.current?.click()}>Choose files</Button>
      <input
        ref={input}
        type="file"
        multiple
        accept={ACCEPT}
        hidden
        data-testid="file-input"
        aria-label="Files to upload"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file may be chosen again after a failure.
          event.currentTarget.value = "";
        }}
      />
      <p className={styles.zoneHint}>MP4, MOV, WebM, MKV; JPEG, PNG, WebP. Several at once are fine.</p>
    </div>
  );
}
