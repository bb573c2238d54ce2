import { Loader } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { cx } from "@/lib/cx";
import type { Clip } from "@/lib/models";
import styles from "./processing-steps.module.css";

const STEPS: { key: keyof Clip["steps"]; doing: string; done: string }[] = [
  { key: "probed", doing: "Looking into the file", done: "File read" },
  { key: "preview", doing: "Making the preview", done: "Preview made" },
  { key: "thumbnails", doing: "Making thumbnails", done: "Thumbnails made" },
  { key: "scored", doing: "Detectors are looking", done: "Detectors have looked" },
];

/** What has been made of a clip so far, in order. */
export function ProcessingSteps({ clip }: { clip: Pick<Clip, "steps" | "state"> }): ReactElement {
  const current = clip.state === "failed" ? -1 : STEPS.findIndex(({ key }) => !clip.steps[key]);
  return (
    <ol className={styles.steps} aria-label="Processing">
      {STEPS.map(({ key, doing, done }, index) => {
        const isDone = clip.steps[key];
        const isNow = index === current;
        return (
          <li key={key} className={cx(styles.step, isDone && styles.done)} aria-current={isNow ? "step" : undefined}>
            {isDone ? <Icon name="check" size={18} label="done" /> : isNow ? <Loader size={16} color="accent" aria-label="under way" /> : <span className={styles.dot} />}
            {isDone ? done : doing}
          </li>
        );
      })}
    </ol>
  );
}
