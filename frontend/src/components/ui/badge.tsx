import type { ReactElement, ReactNode } from "react";
import { cx } from "@/lib/cx";
import styles from "./badge.module.css";
import { Icon } from "./icon";
import type { IconName } from "./icon";

export type Tone = "neutral" | "accent" | "manipulated" | "authentic" | "unsure" | "warn" | "danger";

interface BadgeProps {
  children: ReactNode;
  tone?: Tone | undefined;
  icon?: IconName | undefined;
  title?: string | undefined;
}

/** A short word with a shape beside it, so that colour never carries the meaning alone. */
export function Badge({ children, tone = "neutral", icon, title }: BadgeProps): ReactElement {
  return (
    <span className={cx(styles.badge, styles[tone])} title={title}>
      {icon === undefined ? null : <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

/** Marks what no person did: demonstration accounts, drawn clips and votes cast by a program. */
export function SimulatedBadge(): ReactElement {
  return (
    <span className={cx(styles.badge, styles.simulated)} title="Made for demonstration, not by a person or from a real case">
      simulated
    </span>
  );
}
