import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSearchParams } from "react-router";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { dateAndTime } from "@/lib/format";
import type { AuditEvent, User } from "@/lib/models";
import { hasRole } from "@/lib/roles";
import { auditQuery } from "../api/administration";
import { actionWords } from "../words";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { Subject } from "./jobs-view";
import { QueryState, ShowMore } from "./query-state";

/** The detail without what the line says already. */
function detailWords({ detail, subject }: AuditEvent): string {
  return Object.entries(detail)
    .filter(([name, value]) => value !== null && value !== "" && !(typeof value === "string" && subject === `${name.replace("_id", "")}:${value}`))
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("; ");
}

function EventRow({ event, onActor }: { event: AuditEvent; onActor: (id: number) => void }): ReactElement {
  const { actor, actor_id: actorId } = event;
  return (
    <tr role="row">
      <td role="cell" className={styles.number}>
        <time dateTime={event.at}>{dateAndTime(event.at)}</time>
      </td>
      <td role="cell">
        {actorId === null ? (
          "the installation"
        ) : (
          <button type="button" className={styles.actor} title="Only what this person did" onClick={() => onActor(actorId)}>
            {actor ?? `account ${actorId}`}
          </button>
        )}
      </td>
      <td role="cell">{actionWords(event.action)}</td>
      <td role="cell">
        <Subject subject={event.subject} />
      </td>
      <td role="cell" className={styles.wide}>
        <span className={styles.detail}>{detailWords(event)}</span>
      </td>
    </tr>
  );
}

/** What happened, who did it, and when. Nobody can change a line of it. */
export function AuditView({ me }: { me: User }): ReactElement {
  const [query, setQuery] = useSearchParams();
  const filter = {
    action: query.get("action") ?? "",
    subject: query.get("subject") ?? "",
    actor: /^\d+$/.test(query.get("actor") ?? "") ? Number(query.get("actor")) : null,
    votes: query.get("votes") === "true",
  };
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setQuery(next, { replace: true });
  };
  const [action] = useDebouncedValue(filter.action.trim().toLowerCase().replaceAll(" ", "_"), 300);
  const [subject] = useDebouncedValue(filter.subject.trim().replace(" ", ":"), 300);
  const events = useInfiniteQuery({ ...auditQuery({ ...filter, action, subject }), placeholderData: keepPreviousData });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card>
      <div className={styles.bar} role="search" aria-label="Find events">
        <TextInput className={styles.grow ?? ""} label="What happened" placeholder="roles changed" value={filter.action} onChange={(event) => set("action", event.currentTarget.value)} />
        <TextInput className={styles.grow ?? ""} label="To what" placeholder="user:12, clip:…" value={filter.subject} onChange={(event) => set("subject", event.currentTarget.value)} />
        <TextInput label="Who (number)" placeholder="any" inputMode="numeric" value={filter.actor ?? ""} onChange={(event) => set("actor", event.currentTarget.value.replace(/\D/g, ""))} />
        <label className={styles.check}>
          <input type="checkbox" checked={filter.votes} onChange={(event) => set("votes", event.currentTarget.checked ? "true" : "")} />
          Votes too
        </label>
      </div>
      {hasRole(me, "reviewer") ? (
        <Notice tone="warn">
          <p>You review too: of a clip that you read about here you will not be asked to judge.</p>
        </Notice>
      ) : null}
      <QueryState query={events} what="audit log" />
      {events.data !== undefined && items.length === 0 ? <p className={styles.quiet}>Nothing like that has happened. Take a condition away.</p> : null}
      {items.length === 0 ? null : (
        <>
          <AdminTable label="Audit log" columns={["When", "Who", "What happened", "To what", "In detail"]}>
            {items.map((event) => (
              <EventRow key={event.id} event={event} onActor={(id) => set("actor", String(id))} />
            ))}
          </AdminTable>
          <div className={styles.more}>
            <p className={styles.quiet}>Newest first. The database refuses every change to these lines.</p>
            <ShowMore query={events} />
          </div>
        </>
      )}
    </Card>
  );
}
