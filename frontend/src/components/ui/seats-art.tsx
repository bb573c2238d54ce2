import type { ReactElement } from "react";

interface SeatsArtProps {
  /** Seats lit, 0 to 12. */
  lit: number;
  width?: number;
}

/** One film frame whose perforations are the jury's twelve seats. Decoration only. */
export function SeatsArt({ lit, width = 168 }: SeatsArtProps): ReactElement {
  return (
    <svg width={width} height={(width * 96) / 168} viewBox="0 0 168 96" aria-hidden focusable="false">
      <rect x="1" y="1" width="166" height="94" rx="10" fill="var(--cj-sunken)" stroke="var(--cj-line)" />
      <rect x="10" y="26" width="148" height="44" rx="4" fill="var(--cj-surface)" stroke="var(--cj-line)" />
      {Array.from({ length: 12 }, (_, seat) => (
        <rect
          key={seat}
          x={14 + (seat % 6) * 24.6}
          y={seat < 6 ? 8 : 76}
          width="17"
          height="12"
          rx="3"
          fill={seat < lit ? "var(--cj-accent)" : "var(--cj-paper)"}
          stroke={seat < lit ? "var(--cj-accent)" : "var(--cj-line-strong)"}
        />
      ))}
    </svg>
  );
}
