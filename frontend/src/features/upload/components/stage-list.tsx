import { Loader } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { cx } from "@/lib/cx";
import type { Clip } from "@/lib/models";
import { stagesOf } from "../stages";
import type { Stage } from "../stages";
import styles from "./stage-list.module.css";

function StageMark({ status }: { status: Stage["status"] }): ReactElement {
  if (status === "done") return <Icon name="check" size={16} label="done:" />;
  if (status === "failed") return <Icon name="cross" size={16} label="failed:" />;
  if (status === "now") return <Loader size={14} color="accent" role="img" aria-label="under way:" />;
  return <span className={styles.dot} role="img" aria-label="to come:" />;
}

/** The way of a clip from its last byte to the queue. */
export function StageList({ clip }: { clip: Pick<Clip, "state" | "steps"> }): ReactElement {
  return (
    <ol className={styles.stages} aria-label="Processing">
      {stagesOf(clip).map(({ name, status }) => (
        <li key={name} className={cx(styles.stage, styles[status])} aria-current={status === "now" ? "step" : undefined}>
          <StageMark status={status} />
          {name}
        </li>
      ))}
    </ol>
  );
}
