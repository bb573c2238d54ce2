import type { ReactElement } from "react";
import { confidenceWords } from "@/lib/answers";
import styles from "./choices.module.css";

interface ConfidenceSliderProps {
  value: number | null;
  onChange: (confidence: number) => void;
  /** What one is sure of: "it is fake". */
  of: string;
}

const RESTING = 75;

/**
 * 50 to 100 %. Nothing is chosen until somebody chooses: a preset would pull answers towards itself. A press on
 * the place where the resting thumb already stands counts as choosing it.
 */
export function ConfidenceSlider({ value, onChange, of }: ConfidenceSliderProps): ReactElement {
  const percent = value === null ? RESTING : Math.round(value * 100);
  const settle = () => {
    if (value === null) onChange(RESTING / 100);
  };
  return (
    <div className={styles.slider} data-unset={value === null}>
      <div className={styles.sliderHead}>
        <label htmlFor="confidence">How sure are you that {of}?</label>
        <output htmlFor="confidence" className={styles.sure}>
          {value === null ? "not said yet" : `${percent} %, ${confidenceWords(value)}`}
        </output>
      </div>
      <input
        id="confidence"
        type="range"
        min={50}
        max={100}
        step={5}
        value={percent}
        aria-valuetext={value === null ? "not said yet" : `${percent} percent, ${confidenceWords(value)}`}
        onChange={(event) => onChange(Number(event.currentTarget.value) / 100)}
        onPointerUp={settle}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === " ") settle();
        }}
      />
      <div className={styles.ends} aria-hidden>
        <span>50 a guess</span>
        <span>100 certain</span>
      </div>
    </div>
  );
}
