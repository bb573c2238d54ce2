import type { ReactElement } from "react";

/** Slices of one disc: those between the two marks were moved, as an edit would. */
const SLICES = [0, 0, 0, 16, 26, 14, 0, 0, 0];
const TOP = 84;
const STEP = 19;
const LIT = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0];

/**
 * One frame of film whose perforations are twelve jury seats, and in it a shape with a part that was moved.
 * Drawn; decoration only.
 */
export function HeroArt(): ReactElement {
  return (
    <svg viewBox="0 0 440 340" width="100%" aria-hidden focusable="false">
      <defs>
        {SLICES.map((_, index) => (
          <clipPath key={index} id={`hero-slice-${index}`}>
            <rect x="0" y={TOP + index * STEP} width="440" height={STEP - 2} />
          </clipPath>
        ))}
      </defs>
      <rect x="6" y="6" width="428" height="328" rx="22" fill="var(--cj-deck)" />
      {LIT.map((lit, seat) => (
        <rect
          key={seat}
          x={30 + (seat % 6) * 66}
          y={seat < 6 ? 22 : 292}
          width="50"
          height="26"
          rx="7"
          fill={lit === 1 ? "var(--cj-deck-accent)" : "var(--cj-deck-2)"}
          stroke={lit === 1 ? "none" : "var(--cj-deck-line)"}
        />
      ))}
      <rect x="26" y="62" width="388" height="216" rx="10" fill="#e9e2d3" />
      <path d="M26 232 L150 170 L414 240 L414 268 Q414 278 404 278 L36 278 Q26 278 26 268 Z" fill="#c9bfa9" />
      {SLICES.map((shift, index) => (
        <g key={index} clipPath={`url(#hero-slice-${index})`}>
          <circle cx={220 + shift} cy="170" r="84" fill={shift === 0 ? "#2c4a52" : "#c0571f"} />
        </g>
      ))}
      <path d="M318 137 v62 M312 137 h12 M312 199 h12" stroke="#8a3a10" strokeWidth="3" fill="none" strokeLinecap="round" />
      <path d="M132 137 h-14 v62 h14" stroke="#8a3a10" strokeWidth="3" fill="none" strokeLinecap="round" opacity=".5" />
    </svg>
  );
}
