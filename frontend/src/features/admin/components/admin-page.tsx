import type { ReactElement, ReactNode } from "react";
import { NavLink } from "react-router";
import { Page } from "@/components/ui/page";
import styles from "./admin.module.css";

const TABS = [
  { to: "/admin", label: "Overview" },
  { to: "/admin/users", label: "Users" },
  { to: "/admin/invitations", label: "Invitations" },
  { to: "/admin/policies", label: "Policies" },
  { to: "/admin/jobs", label: "Jobs" },
  { to: "/admin/audit", label: "Audit log" },
];

interface AdminPageProps {
  title: string;
  /** What to do here first. */
  lead: string;
  children: ReactNode;
}

/** A page of the administration with the way to its sisters. */
export function AdminPage({ title, lead, children }: AdminPageProps): ReactElement {
  return (
    <Page title={title} lead={lead}>
      <nav aria-label="Administration" className={styles.tabs}>
        {TABS.map(({ to, label }) => (
          <NavLink key={to} to={to} end className={({ isActive }) => (isActive ? styles.here : styles.tab) ?? ""}>
            {label}
          </NavLink>
        ))}
      </nav>
      <div className={styles.stack}>{children}</div>
    </Page>
  );
}
