import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Card } from "@/components/ui/page";
import { ago, count } from "@/lib/format";
import type { User, UserEntry } from "@/lib/models";
import { ROLE_WORDS, ROLES } from "@/lib/roles";
import { usersQuery } from "../api/users";
import type { UserFilter } from "../api/users";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { QueryState, ShowMore } from "./query-state";
import { UserDialog } from "./user-dialog";

function UserRow({ entry, nowMs, onChange }: { entry: UserEntry; nowMs: number; onChange: () => void }): ReactElement {
  return (
    <tr role="row">
      <td role="cell">
        <span className={styles.name}>{entry.display_name}</span>
        {entry.email}
      </td>
      <td role="cell" className={styles.wide}>
        <span className={styles.badges}>
          {entry.roles.map((role) => (
            <Badge key={role}>{ROLE_WORDS[role]}</Badge>
          ))}
          {entry.is_active ? null : (
            <Badge icon="lock" tone="warn">
              deactivated
            </Badge>
          )}
          {entry.is_simulated ? <SimulatedBadge /> : null}
        </span>
      </td>
      <td role="cell" data-name="seen">
        {entry.last_seen_at === null ? "never" : ago(entry.last_seen_at, nowMs)}
      </td>
      <td role="cell" data-name="votes" className={styles.number}>
        {entry.votes_count.toLocaleString("en")}
      </td>
      <td role="cell" className={styles.act}>
        <Button size="xs" variant="default" onClick={onChange} aria-label={`Change ${entry.display_name}`}>
          Change
        </Button>
      </td>
    </tr>
  );
}

function useFilter(): [UserFilter, (change: Partial<UserFilter>) => void] {
  const [query, setQuery] = useSearchParams();
  const state = query.get("state");
  const filter: UserFilter = {
    search: query.get("search") ?? "",
    role: ROLES.find((role) => role === query.get("role")) ?? null,
    state: state === "active" || state === "inactive" ? state : null,
  };
  const change = (next: Partial<UserFilter>) => {
    const wanted = Object.entries({ ...filter, ...next }).filter(([, value]) => value !== null && value !== "");
    setQuery(Object.fromEntries(wanted) as Record<string, string>, { replace: true });
  };
  return [filter, change];
}

function FilterBar({ filter, onChange }: { filter: UserFilter; onChange: (change: Partial<UserFilter>) => void }): ReactElement {
  return (
    <div className={styles.bar} role="search" aria-label="Find accounts">
      <TextInput className={styles.grow ?? ""} label="Name or e-mail" value={filter.search} onChange={(event) => onChange({ search: event.currentTarget.value })} />
      <label className={styles.field}>
        Role
        <select value={filter.role ?? ""} onChange={(event) => onChange({ role: ROLES.find((role) => role === event.currentTarget.value) ?? null })}>
          <option value="">any</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_WORDS[role]}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        State
        <select
          value={filter.state ?? ""}
          onChange={(event) => onChange({ state: event.currentTarget.value === "" ? null : event.currentTarget.value === "active" ? "active" : "inactive" })}
        >
          <option value="">any</option>
          <option value="active">may sign in</option>
          <option value="inactive">deactivated</option>
        </select>
      </label>
    </div>
  );
}

/** Every account, to be found, given roles, shut out or let in. */
export function UsersView({ me }: { me: User }): ReactElement {
  const [filter, change] = useFilter();
  const [search] = useDebouncedValue(filter.search.trim(), 250);
  const [open, setOpen] = useState<UserEntry | null>(null);
  const users = useInfiniteQuery({ ...usersQuery({ ...filter, search }), placeholderData: keepPreviousData });
  const entries = users.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = users.data?.pages[0]?.total ?? 0;
  return (
    <Card>
      <FilterBar filter={filter} onChange={change} />
      <QueryState query={users} what="accounts" />
      {users.data === undefined ? null : entries.length === 0 ? (
        <EmptyState title="No account fits" actions={<Button component={Link} to="/admin/invitations">Invite somebody</Button>}>
          <p>Try fewer letters, or any role and state.</p>
        </EmptyState>
      ) : (
        <>
          <AdminTable label="Accounts" columns={["Account", "Roles", "Last seen", "Votes"]} act="Change">
            {entries.map((entry) => (
              <UserRow key={entry.id} entry={entry} nowMs={users.dataUpdatedAt} onChange={() => setOpen(entry)} />
            ))}
          </AdminTable>
          <div className={styles.more}>
            <p className={styles.quiet}>{entries.length < total ? `The newest ${entries.length} of ${count(total, "account")}.` : `${count(total, "account")}, newest first.`}</p>
            <ShowMore query={users} />
          </div>
        </>
      )}
      {open === null ? null : <UserDialog key={open.id} entry={open} me={me} onClose={() => setOpen(null)} />}
    </Card>
  );
}
