import type { ReactElement, ReactNode } from "react";
import styles from "./admin.module.css";

interface AdminTableProps {
  /** What it is a table of, for screen readers. */
  label: string;
  columns: string[];
  /** What the buttons of the last column do, where there is one. */
  act?: string;
  /** Its rows. */
  children: ReactNode;
}

/** A table whose rows become cards on a phone; the roles keep it a table there. */
export function AdminTable({ label, columns, act, children }: AdminTableProps): ReactElement {
  return (
    <table className={styles.table} role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
          {act === undefined ? null : (
            <th scope="col" role="columnheader">
              <span className="cj-visually-hidden">{act}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}
