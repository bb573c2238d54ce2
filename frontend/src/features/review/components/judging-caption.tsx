import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { duration } from "@/lib/format";
import type { TimedLease } from "../api/assignment";
import styles from "./judging.module.css";
import { LeaseBadge } from "./lease-badge";

interface JudgingCaptionProps {
  lease: TimedLease;
  leaseKey: readonly unknown[];
  leftS: number;
  isCounting: boolean;
  onKeys: () => void;
}

/** The line over the picture. It names nothing that could give the answer away: no file name, no source. */
export function JudgingCaption({ lease, leaseKey, leftS, isCounting, onKeys }: JudgingCaptionProps): ReactElement {
  const { clip } = lease;
  return (
    <div className={styles.caption}>
      <span className={styles.what}>
        <Icon name={clip.kind === "video" ? "film" : "image"} size={18} />
        {clip.kind === "video" ? `Video, ${duration(clip.duration_s)}` : "Picture"}
      </span>
      {isCounting ? <LeaseBadge lease={lease} leftS={leftS} queryKey={leaseKey} /> : null}
      <button type="button" className={styles.keys} aria-label="Keys and settings" onClick={onKeys}>
        <Icon name="keyboard" size={18} /> <span>Keys and settings</span>
      </button>
    </div>
  );
}
