import { useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { ReportDialog } from "./report-dialog";
import styles from "./report.module.css";

interface ReportButtonProps {
  clipId: string;
  /** Says which clip, where several stand on one page. */
  name?: string;
}

/** "Report this clip": stands on every page that shows one. */
export function ReportButton({ clipId, name }: ReportButtonProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={styles.button} onClick={() => setOpen(true)} aria-label={name === undefined ? undefined : `Report ${name}`}>
        <Icon name="flag" size={16} />
        {name === undefined ? "Report this clip" : "Report"}
      </button>
      {isOpen ? <ReportDialog target={{ kind: "clip", id: clipId }} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
