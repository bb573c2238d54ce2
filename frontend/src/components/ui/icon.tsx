import type { ReactElement } from "react";

/** Line drawings on a 24 x 24 grid. */
const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M9 5.5v13M15 5.5v13",
  "step-back": "M15.5 6.5L8.5 12l7 5.5zM5.5 6.5v11",
  "step-forward": "M8.5 6.5l7 5.5-7 5.5zM18.5 6.5v11",
  "jump-back": "M12 6.5L5 12l7 5.5zM19 6.5L12 12l7 5.5z",
  "jump-forward": "M12 6.5l7 5.5-7 5.5zM5 6.5l7 5.5-7 5.5z",
  volume: "M4.5 9.5h3L12 6v12l-4.5-3.5h-3zM15.5 9.2a4 4 0 0 1 0 5.6M17.8 6.8a7.5 7.5 0 0 1 0 10.4",
  mute: "M4.5 9.5h3L12 6v12l-4.5-3.5h-3zM15.5 9.5l5 5M20.5 9.5l-5 5",
  "zoom-in": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5M8 10.5h5M10.5 8v5",
  "zoom-out": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5M8 10.5h5",
  fit: "M4.5 9v-4.5h4.5M15 4.5h4.5v4.5M19.5 15v4.5h-4.5M9 19.5h-4.5v-4.5",
  loop: "M17 3.5l3 3-3 3M4 11.5v-1a4 4 0 0 1 4-4h12M7 20.5l-3-3 3-3M20 12.5v1a4 4 0 0 1-4 4H4",
  "mark-in": "M14 4.5h-5v15h5M12.5 12h7M17 9.5l2.5 2.5-2.5 2.5",
  "mark-out": "M10 4.5h5v15h-5M11.5 12h-7M7 9.5L4.5 12 7 14.5",
  region: "M4.5 8v-3.5H8M11 4.5h2M16 4.5h3.5V8M19.5 11v2M19.5 16v3.5H16M13 19.5h-2M8 19.5H4.5V16M4.5 13v-2",
  trash: "M5 7h14M10 4.5h4M7 7l.8 12.5h8.4L17 7M10.2 10.5v6M13.8 10.5v6",
  undo: "M8.5 5L4.5 9l4 4M4.5 9h9a5.5 5.5 0 0 1 0 11h-4",
  keyboard: "M3.5 7h17v10.5h-17zM7 10.5h.01M10.3 10.5h.01M13.7 10.5h.01M17 10.5h.01M8 14h8",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  system: "M4 5.5h16v10.5H4zM9 20h6M12 16v4",
  upload: "M12 16V5M7.5 9.5L12 5l4.5 4.5M5 19.5h14",
  download: "M12 5v11M7.5 11.5L12 16l4.5-4.5M5 19.5h14",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4",
  image: "M4 5h16v14H4zM4 16l5-5 4.5 4.5L16.5 13l3.5 3M15.5 9.2h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  question: "M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17.5h.01",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.5V12l3 2",
  warn: "M12 4.5l8.5 15h-17zM12 10v4.5M12 17h.01",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01",
  user: "M12 4.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4zM4.5 20a7.5 7.5 0 0 1 15 0",
  menu: "M4.5 7h15M4.5 12h15M4.5 17h15",
  right: "M9.5 6l6 6-6 6",
  down: "M6 9.5l6 6 6-6",
  skip: "M5 6l7.5 6L5 18zM12.5 6L20 12l-7.5 6z",
  seal: "M12 3.5l2.3 2 3-.2.7 3 2.5 1.7-1.2 2.8 1.2 2.8-2.5 1.7-.7 3-3-.2-2.3 2-2.3-2-3 .2-.7-3-2.5-1.7 1.2-2.8L3.5 10 6 8.3l.7-3 3 .2zM8.8 12.2l2.3 2.3 4.2-4.5",
  people: "M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3 19a6 6 0 0 1 12 0M15.5 5.5a2.7 2.7 0 0 1 0 5.3M17 13.5a5.5 5.5 0 0 1 4 5.5",
  flag: "M6 21V4M6 4.5h11.5l-2.5 4 2.5 4H6",
  scale: "M12 4v16M7.5 20h9M5 7.5l7-2 7 2M5 7.5L2.5 14a2.7 2.7 0 0 0 5 0zM19 7.5L16.5 14a2.7 2.7 0 0 0 5 0z",
  gear: "M12 8.8a3.2 3.2 0 1 0 0 6.400 3.2 3.2 0 0 0 0-6.400zM12 3.500v2.300M12 18.200v2.300M3.500 12h2.300M18.200 12h2.300M6 6l1.600 1.600M16.400 16.400L18 18M18 6l-1.600 1.600M7.600 16.400L6 18",
  mail: "M4 6.500h16v11H4zM4 7.500l8 6 8-6",
  list: "M9 7h11M9 12h11M9 17h11M4.500 7h.01M4.500 12h.01M4.500 17h.01",
  copy: "M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9",
  more: "M6 12h.01M12 12h.01M18 12h.01",
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  name: IconName;
  size?: number;
  /** Says what the icon means where no text beside it does; without it the icon is decoration. */
  label?: string;
}

export function Icon({ name, size = 20, label }: IconProps): ReactElement {
  const filled = name === "play";
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      focusable="false"
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
