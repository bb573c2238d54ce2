import { useId, useState } from "react";
import type { ReactElement } from "react";
import { cx } from "@/lib/cx";
import type { VocabularyItem } from "@/lib/models";
import { Icon } from "./icon";
import styles from "./chips.module.css";

interface ChipsProps {
  items: VocabularyItem[];
  chosen: string[];
  onToggle: (id: string) => void;
  /** For the keyboard: the first chip can be found by this id. */
  firstId?: string;
}

/** Checkboxes that look like chips, with one line of help for the one that is pointed at or focused. */
export function Chips({ items, chosen, onToggle, firstId }: ChipsProps): ReactElement {
  const [shown, setShown] = useState<string | null>(null);
  const base = useId();
  const hint = items.find(({ id }) => id === shown)?.hint ?? "";
  return (
    <div>
      <div className={styles.chips}>
        {items.map(({ id, name }, index) => (
          <label
            key={id}
            className={cx(styles.chip, chosen.includes(id) && styles.chosen)}
            onPointerEnter={() => setShown(id)}
            onFocus={() => setShown(id)}
          >
            <input
              type="checkbox"
              id={index === 0 ? firstId : undefined}
              checked={chosen.includes(id)}
              aria-describedby={`${base}-${id}`}
              onChange={() => onToggle(id)}
            />
            {chosen.includes(id) ? <Icon name="check" size={14} /> : null}
            {name}
          </label>
        ))}
      </div>
      <div hidden>
        {items.map(({ id, hint: help }) => (
          <span key={id} id={`${base}-${id}`}>
            {help}
          </span>
        ))}
      </div>
      <p className={styles.hint} aria-hidden>
        {hint === "" ? "Point at one to read what it means." : hint}
      </p>
    </div>
  );
}
