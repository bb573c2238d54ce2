import type { ReactElement } from "react";
import { CLIP_STATES, STATE_WORDS } from "@/lib/clip-states";
import type { ClipFilter } from "../api/list-clips";
import styles from "./clip-filter.module.css";

interface ClipFilterBarProps {
  filter: ClipFilter;
  onChange: (filter: ClipFilter) => void;
}

export function ClipFilterBar({ filter, onChange }: ClipFilterBarProps): ReactElement {
  return (
    <div className={styles.bar} role="group" aria-label="Which clips">
      <label className={styles.field}>
        State
        <select
          value={filter.state ?? ""}
          onChange={(event) => onChange({ ...filter, state: CLIP_STATES.find((state) => state === event.currentTarget.value) ?? null })}
        >
          <option value="">any</option>
          {CLIP_STATES.map((state) => (
            <option key={state} value={state}>
              {STATE_WORDS[state].word}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.check}>
        <input type="checkbox" checked={filter.mine} onChange={(event) => onChange({ ...filter, mine: event.currentTarget.checked })} />
        Only my uploads
      </label>
    </div>
  );
}
