import type { ReactElement, ReactNode } from "react";
import { Icon } from "@/components/ui/icon";
import { cx } from "@/lib/cx";
import styles from "./choices.module.css";
import where from "./where-step.module.css";

interface WhereStepProps {
  isVideo: boolean;
  isRequired: boolean;
  pendingStart: number | null;
  isDrawing: boolean;
  isOverall: boolean;
  hasMarks: boolean;
  onMarkIn: () => void;
  onMarkOut: () => void;
  onDraw: () => void;
  onOverall: (isOverall: boolean) => void;
  /** The table of marks. */
  children: ReactNode;
}

/** Step 3: where one sees it, in time and on the picture. */
export function WhereStep(props: WhereStepProps): ReactElement {
  const { isVideo, pendingStart, isDrawing } = props;
  return (
    <section className={styles.section} aria-labelledby="where">
      <h2 className={styles.legend} id="where">
        <span className={styles.step}>3</span> Where? {props.isRequired ? null : <span className={styles.optional}>optional</span>}
      </h2>
      {props.children}
      <div className={where.tools}>
        {isVideo ? (
          <>
            <button type="button" className={cx(where.tool, pendingStart !== null && where.active)} onClick={props.onMarkIn}>
              <Icon name="mark-in" size={18} /> {pendingStart === null ? "Begin range" : `From frame ${pendingStart}`}
            </button>
            <button type="button" className={where.tool} onClick={props.onMarkOut}>
              <Icon name="mark-out" size={18} /> End range
            </button>
          </>
        ) : null}
        <button type="button" className={cx(where.tool, isDrawing && where.active)} aria-pressed={isDrawing} onClick={props.onDraw}>
          <Icon name="region" size={18} /> {isDrawing ? "Drag on the picture" : "Draw a box"}
        </button>
      </div>
      {props.hasMarks || !props.isRequired ? null : (
        <label className={where.overall}>
          <input type="checkbox" checked={props.isOverall} onChange={(event) => props.onOverall(event.currentTarget.checked)} />
          Overall impression: I cannot point at one place
        </label>
      )}
    </section>
  );
}
