import type { ReactElement, ReactNode } from "react";
import { cx } from "@/lib/cx";
import { Icon } from "./icon";
import type { IconName } from "./icon";
import styles from "./notice.module.css";

interface NoticeProps {
  tone?: "info" | "warn" | "danger" | "good";
  title?: string;
  children: ReactNode;
  /** "alert" for what went wrong just now, "status" for news; nothing for what simply stands there. */
  live?: "alert" | "status";
}

const ICONS: Record<NonNullable<NoticeProps["tone"]>, IconName> = { info: "info", warn: "warn", danger: "warn", good: "check" };

export function Notice({ tone = "info", title, children, live }: NoticeProps): ReactElement {
  return (
    <div className={cx(styles.notice, styles[tone])} role={live}>
      <Icon name={ICONS[tone]} />
      <div className={styles.body}>
        {title === undefined ? null : <strong className={styles.title}>{title}</strong>}
        {children}
      </div>
    </div>
  );
}
