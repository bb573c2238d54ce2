import type { ReactElement, ReactNode } from "react";
import { cx } from "@/lib/cx";
import styles from "./page.module.css";

interface PageProps {
  title: string;
  /** One sentence under the heading: what this page is for, or what to do first. */
  lead?: ReactNode;
  /** Buttons at the right of the heading. */
  actions?: ReactNode;
  children: ReactNode;
  narrow?: boolean;
}

/** A page with its heading. The document's title follows the heading. */
export function Page({ title, lead, actions, children, narrow = false }: PageProps): ReactElement {
  return (
    <div className={cx(styles.page, narrow && styles.narrow)}>
      <title>{`${title} · ClipJury`}</title>
      <header className={styles.head}>
        <div>
          <h1 className={styles.title}>{title}</h1>
          {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  children: ReactNode;
  title?: string;
  className?: string | undefined;
}

/** A raised surface; with a title it is a region that screen readers can jump to. */
export function Card({ children, title, className }: CardProps): ReactElement {
  if (title === undefined) return <div className={cx(styles.card, className)}>{children}</div>;
  return (
    <section className={cx(styles.card, className)} aria-label={title}>
      <h2 className={styles.cardTitle}>{title}</h2>
      {children}
    </section>
  );
}
