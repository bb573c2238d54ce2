import type { ReactElement } from "react";
import type { ShownReason } from "@/lib/models";
import type { QueueFilter } from "../api/disputes";
import { REASONS } from "../words";
import styles from "./queue.module.css";

interface QueueFilterBarProps {
  filter: QueueFilter;
  onChange: (filter: QueueFilter) => void;
}

export function QueueFilterBar({ filter, onChange }: QueueFilterBarProps): ReactElement {
  return (
    <div className={styles.filter} role="group" aria-label="Which disputes">
      <label>
        Show
        <select value={filter.state} onChange={(event) => onChange({ ...filter, state: event.currentTarget.value === "decided" ? "decided" : "open" })}>
          <option value="open">waiting</option>
          <option value="decided">decided</option>
        </select>
      </label>
      <label>
        Reason
        <select
          value={filter.reason ?? ""}
          onChange={(event) => onChange({ ...filter, reason: (Object.keys(REASONS) as ShownReason[]).find((reason) => reason === event.currentTarget.value) ?? null })}
        >
          <option value="">any</option>
          {(Object.keys(REASONS) as ShownReason[]).map((reason) => (
            <option key={reason} value={reason}>
              {REASONS[reason].word}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
