import { Button } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Card } from "@/components/ui/page";
import { ANSWERS } from "@/lib/answers";
import { cx } from "@/lib/cx";
import type { GoldItem } from "@/lib/models";
import type { GoldFilter } from "../api/gold";
import { GOLD_ROLES, ROLE_WORDS } from "../gold-words";
import { GoldTable } from "./gold-table";
import styles from "./gold.module.css";

interface FilterBarProps {
  filter: GoldFilter;
  onChange: (filter: GoldFilter) => void;
}

function FilterBar({ filter, onChange }: FilterBarProps): ReactElement {
  const labels = ["authentic", "manipulated"] as const;
  return (
    <div className={styles.filter} role="group" aria-label="Which gold">
      <label>
        Role
        <select value={filter.role ?? ""} onChange={(event) => onChange({ ...filter, role: GOLD_ROLES.find((role) => role === event.currentTarget.value) ?? null })}>
          <option value="">any</option>
          {GOLD_ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_WORDS[role].name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Truth
        <select value={filter.label ?? ""} onChange={(event) => onChange({ ...filter, label: labels.find((label) => label === event.currentTarget.value) ?? null })}>
          <option value="">any</option>
          {labels.map((label) => (
            <option key={label} value={label}>
              {ANSWERS[label].word}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface GoldListProps extends FilterBarProps {
  items: readonly GoldItem[];
  isBusy: boolean;
  onMore: (() => void) | null;
  /** What there is to do first when there is no gold at all. */
  firstSteps: ReactNode;
}

/** The gold there is, by role and truth. */
export function GoldList({ filter, onChange, items, isBusy, onMore, firstSteps }: GoldListProps): ReactElement {
  if (items.length === 0 && filter.role === null && filter.label === null) {
    return (
      <EmptyState title="No gold yet" actions={firstSteps}>
        <p>Without clips of known truth nobody’s skill is known, and every clip ends as inconclusive. Begin with twenty for reviewers, half of them fake.</p>
      </EmptyState>
    );
  }
  return (
    <Card title="Gold clips">
      <FilterBar filter={filter} onChange={onChange} />
      <div className={cx(isBusy && styles.busy)} aria-busy={isBusy}>
        {items.length === 0 ? <p className={styles.quiet}>No gold fits this choice.</p> : <GoldTable items={items} />}
      </div>
      <p className={styles.quiet}>A clip that you have seen here is never given to you for review. A wrong label cannot be changed: have the clip quarantined, and its answers count no more.</p>
      {onMore === null ? null : (
        <Button variant="default" loading={isBusy} onClick={onMore}>
          Show more
        </Button>
      )}
    </Card>
  );
}
