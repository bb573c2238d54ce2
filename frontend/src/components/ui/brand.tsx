import type { ReactElement } from "react";

/** Film perforations as jury seats: two rows of six make twelve. Seats that have voted are lit. */
const LIT = [1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1];

export function BrandMark({ size = 30 }: { size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect x="1" y="3" width="30" height="26" rx="5" fill="var(--cj-accent)" />
      <g fill="#fffdf9">
        {LIT.map((lit, seat) => (
          <rect key={seat} x={4.2 + (seat % 6) * 4.4} y={seat < 6 ? 6 : 22} width="2.6" height="4" rx="1" opacity={lit === 1 ? 1 : 0.4} />
        ))}
      </g>
      <path d="M10.5 16.2l3.400 3.200 7.600-7.200" fill="none" stroke="#fffdf9" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
