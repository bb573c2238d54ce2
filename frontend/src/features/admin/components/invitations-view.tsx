import { Button, NumberInput, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/page";
import { dateAndTime } from "@/lib/format";
import type { Invitation, Role } from "@/lib/models";
import { ROLE_WORDS } from "@/lib/roles";
import { invitationsQuery, useInvite, useRevoke } from "../api/invitations";
import { INVITATION_STATES } from "../words";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { LinkBox } from "./link-box";
import { QueryState, Refusal, ShowMore } from "./query-state";
import { RoleChoice } from "./role-choice";

function InviteForm(): ReactElement {
  const [email, setEmail] = useState("");
  const [roles, setRoles] = useState<Role[]>(["reviewer"]);
  const [days, setDays] = useState(7);
  const invite = useInvite();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    invite.mutate({ email, roles, days }, { onSuccess: () => setEmail("") });
  };
  return (
    <Card title="Invite somebody">
      <form className={styles.form} onSubmit={submit}>
        <RoleChoice chosen={roles} onChange={setRoles} />
        <div className={styles.fields}>
          <TextInput
            label="E-mail (optional)"
            description="Without one, the account is whoever’s has the link."
            type="email"
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <NumberInput label="Days the link works" description="1 to 30" hideControls min={1} max={30} value={days} onChange={(value) => setDays(Number(value))} />
        </div>
        <Refusal error={invite.error} title="No invitation was made" />
        {invite.data === undefined ? null : <LinkBox made={invite.data} forWhom={invite.data.email ?? "the person you invite"} />}
        <div className={styles.buttons}>
          <Button type="submit" loading={invite.isPending} disabled={roles.length === 0}>
            Make the link
          </Button>
        </div>
      </form>
    </Card>
  );
}

function whatFor(invitation: Invitation): string {
  if (invitation.purpose === "password_reset") return `New password for ${invitation.user_name ?? "an account"}`;
  return invitation.email ?? "Whoever has the link";
}

function whatBecame(invitation: Invitation): string {
  if (invitation.state === "used") return `by ${invitation.used_by ?? "somebody"}`;
  return invitation.state === "open" ? `until ${dateAndTime(invitation.expires_at)}` : "";
}

function InvitationRow({ invitation }: { invitation: Invitation }): ReactElement {
  const revoke = useRevoke();
  const { word, icon, tone } = INVITATION_STATES[invitation.state];
  return (
    <tr role="row">
      <td role="cell">
        <span className={styles.name}>{whatFor(invitation)}</span>
        {invitation.purpose === "account" ? invitation.roles.map((role) => ROLE_WORDS[role]).join(", ") : null}
        <Refusal error={revoke.error} title="It could not be withdrawn" />
      </td>
      <td role="cell">
        <Badge icon={icon} tone={tone}>
          {word}
        </Badge>{" "}
        {whatBecame(invitation)}
      </td>
      <td role="cell" className={styles.wide} data-name="made">
        {dateAndTime(invitation.created_at)}
        {invitation.created_by === null ? " on the command line" : ` by ${invitation.created_by}`}
      </td>
      <td role="cell" className={styles.act}>
        {invitation.state === "open" ? (
          <Button size="xs" variant="default" loading={revoke.isPending} onClick={() => revoke.mutate(invitation.id)} aria-label={`Withdraw: ${whatFor(invitation)}`}>
            Withdraw
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

/** Links that make one account each: made here, handed on by whoever makes them. */
export function InvitationsView(): ReactElement {
  const invitations = useInfiniteQuery(invitationsQuery);
  const items = invitations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <InviteForm />
      <Card title="Links made so far">
        <QueryState query={invitations} what="invitations" />
        {invitations.data !== undefined && items.length === 0 ? <p className={styles.quiet}>None yet. The first one you make appears here.</p> : null}
        {items.length === 0 ? null : (
          <>
            <AdminTable label="Invitations" columns={["For", "State", "Made"]} act="Withdraw">
              {items.map((invitation) => (
                <InvitationRow key={invitation.id} invitation={invitation} />
              ))}
            </AdminTable>
            <div className={styles.more}>
              <ShowMore query={invitations} />
            </div>
          </>
        )}
      </Card>
    </>
  );
}
