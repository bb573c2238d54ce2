import type { ReactElement, ReactNode } from "react";
import styles from "./empty-state.module.css";
import { SeatsArt } from "./seats-art";

interface EmptyStateProps {
  title: string;
  children: ReactNode;
  /** What can be done now. */
  actions?: ReactNode;
  /** How many of the twelve seats are lit in the drawing. */
  lit?: number;
  headingLevel?: 1 | 2;
}

/** A calm page for "nothing here": says why, and what to do next. */
export function EmptyState({ title, children, actions, lit = 0, headingLevel = 2 }: EmptyStateProps): ReactElement {
  const Heading = `h${headingLevel}` as const;
  return (
    <div className={styles.empty}>
      <SeatsArt lit={lit} />
      <Heading className={styles.title}>{title}</Heading>
      <div className={styles.text}>{children}</div>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
