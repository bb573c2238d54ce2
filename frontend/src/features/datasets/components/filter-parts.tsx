import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { Icon } from "@/components/ui/icon";
import { toggled } from "../filters";
import styles from "./filter-form.module.css";

interface ChecksProps<T extends string> {
  legend: string;
  options: readonly (readonly [T, string])[];
  chosen: readonly T[] | null | undefined;
  onChange: (chosen: T[]) => void;
}

/** Boxes to tick; those chosen earlier stay, even where nothing has that value any more. */
export function Checks<T extends string>({ legend, options, chosen, onChange }: ChecksProps<T>): ReactElement | null {
  const gone = (chosen ?? []).filter((value) => !options.some(([known]) => known === value));
  const shown: (readonly [T, string])[] = [...options, ...gone.map((value) => [value, value] as const)];
  if (shown.length === 0) return null;
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      {shown.map(([value, word]) => (
        <label key={value} className={styles.check}>
          <input
            type="checkbox"
            checked={chosen?.includes(value) ?? false}
            onChange={(event) => onChange(toggled(chosen, value, event.currentTarget.checked))}
          />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

interface NumberFieldProps {
  label: string;
  step: number;
  max: number;
  value: number | null | undefined;
  onChange: (text: string) => void;
}

/** Keeps what is typed as it is typed: "0." on the way to "0.5" is no number yet. */
export function NumberField({ label, step, max, value, onChange }: NumberFieldProps): ReactElement {
  const [text, setText] = useState<string | null>(null);
  return (
    <label className={styles.field}>
      {label}
      <input
        type="number"
        min={0}
        max={max}
        step={step}
        inputMode="decimal"
        placeholder="any"
        value={text ?? value ?? ""}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(event.currentTarget.value);
        }}
        onBlur={() => setText(null)}
      />
    </label>
  );
}

interface TextFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}

/** As above: "12, " on the way to "12, 57" must not lose its comma. */
export function TextField({ label, placeholder, value, onChange }: TextFieldProps): ReactElement {
  const [text, setText] = useState<string | null>(null);
  return (
    <label className={styles.field}>
      {label}
      <input
        type="text"
        inputMode="numeric"
        placeholder={placeholder}
        value={text ?? value}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(event.currentTarget.value);
        }}
        onBlur={() => setText(null)}
      />
    </label>
  );
}

export function DayField({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }): ReactElement {
  return (
    <label className={styles.field}>
      {label}
      <input type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** Filters that are needed less often; says how many are set while it is closed. */
export function Fold({ title, chosen, children }: { title: string; chosen: number; children: ReactNode }): ReactElement {
  return (
    <details className={styles.fold}>
      <summary>
        <Icon name="right" size={16} />
        <span>{title}</span>
        {chosen === 0 ? null : <span className={styles.chosen}>{chosen} set</span>}
      </summary>
      <div className={styles.folded}>{children}</div>
    </details>
  );
}
