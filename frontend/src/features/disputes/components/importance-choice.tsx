import type { ReactElement } from "react";
import { explain } from "@/lib/api-error";
import { useSetImportance } from "../api/judge";
import styles from "./case-view.module.css";

/** How much harm a wrong verdict would do: it moves the case up the queue, or down. */
export function ImportanceChoice({ clipId, disputeId, value }: { clipId: string; disputeId: string; value: number }): ReactElement {
  const set = useSetImportance(clipId, disputeId);
  return (
    <label className={styles.importance} title="How much harm a wrong verdict would do">
      Importance
      <select value={set.isPending ? set.variables : value} disabled={set.isPending} onChange={(event) => set.mutate(Number(event.currentTarget.value))}>
        <option value={1}>1, least</option>
        <option value={2}>2</option>
        <option value={3}>3</option>
        <option value={4}>4</option>
        <option value={5}>5, most</option>
      </select>
      {set.isError ? <span role="alert">{explain(set.error)}</span> : null}
    </label>
  );
}
