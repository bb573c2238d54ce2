import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { DragEvent, ReactElement, RefObject } from "react";
import { Icon } from "@/components/ui/icon";
import { cx } from "@/lib/cx";
import styles from "./drop-zone.module.css";

/** Only a hint for the file dialog; what a file really is, the server tells by its bytes. */
const ACCEPT = "video/*,image/jpeg,image/png,image/webp,image/gif,.mkv,.avi,.mov,.ts,.m2ts";

interface DropZoneProps {
  onFiles: (files: File[]) => void;
  buttonRef: RefObject<HTMLButtonElement | null>;
}

function isFolder(item: DataTransferItem): boolean {
  return item.webkitGetAsEntry()?.isDirectory === true;
}

/** Files of a drop, without folders: those cannot be sent as one file. */
function droppedFiles(transfer: DataTransfer): { files: File[]; hasFolders: boolean } {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === "file");
  const files = items.filter((item) => !isFolder(item)).flatMap((item) => item.getAsFile() ?? []);
  return { files, hasFolders: items.some(isFolder) };
}

/** Where files come in: dropped, or chosen with the button. */
export function DropZone({ onFiles, buttonRef }: DropZoneProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const [hasFolders, setHasFolders] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const dropped = droppedFiles(event.dataTransfer);
    setHasFolders(dropped.hasFolders);
    if (dropped.files.length > 0) onFiles(dropped.files);
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <div className={cx(styles.zone, isOver && styles.over)} onDragOver={over} onDragLeave={() => setIsOver(false)} onDrop={drop}>
      <Icon name="upload" size={30} />
      <p className={styles.words}>{isOver ? "Let go to add them" : "Drop videos or pictures here"}</p>
      <Button ref={buttonRef} size="md" variant="outline" onClick={() => input.current?.click()}>
        Choose files
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label="Files to upload"
        onChange={(event) => {
          onFiles(Array.from(event.currentTarget.files ?? []));
          // So that a file that was removed from the list can be chosen again.
          event.currentTarget.value = "";
        }}
      />
      <p className={styles.note} role="status">
        {hasFolders ? "Folders are left out: open them and drop the files inside." : ""}
      </p>
    </div>
  );
}
