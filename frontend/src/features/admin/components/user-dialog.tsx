import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { count } from "@/lib/format";
import type { User, UserEntry } from "@/lib/models";
import { useChangeUser, usePasswordLink } from "../api/users";
import styles from "./admin.module.css";
import { LinkBox } from "./link-box";
import { Refusal } from "./query-state";
import { isReason, ReasonField } from "./reason-field";
import { RoleChoice } from "./role-choice";

interface UserDialogProps {
  entry: UserEntry;
  me: User;
  onClose: () => void;
}

function Deactivation({ entry }: { entry: UserEntry }): ReactElement {
  return (
    <Notice tone="warn">
      <p>
        At once: {count(entry.sessions_count, "session")} and {count(entry.tokens_count, "API token")} end for good, and a clip that this person holds goes back to
        the queue. Votes stay.
      </p>
    </Notice>
  );
}

/** Roles, access and password of one account. */
export function UserDialog({ entry, me, onClose }: UserDialogProps): ReactElement {
  const [roles, setRoles] = useState(entry.roles);
  const [isActive, setActive] = useState(entry.is_active);
  const [reason, setReason] = useState("");
  const change = useChangeUser();
  const password = usePasswordLink();
  const isMe = me.id === entry.id;
  const isChanged = isActive !== entry.is_active || roles.length !== entry.roles.length || roles.some((role) => !entry.roles.includes(role));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate({ id: entry.id, roles, isActive, reason }, { onSuccess: onClose });
  };
  return (
    <Dialog title={entry.display_name} onClose={onClose} size="lg">
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.quiet}>{entry.email}</p>
        <RoleChoice chosen={roles} onChange={setRoles} fixed={isMe ? { admin: "another admin must change your own" } : {}} />
        <Switch
          label={isActive ? "May sign in" : "Deactivated: may not sign in"}
          {...(isMe ? { description: "Another admin must do this for you." } : {})}
          checked={isActive}
          disabled={isMe}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        {entry.is_active && !isActive ? <Deactivation entry={entry} /> : null}
        <ReasonField hint="Kept in the audit log with your name. The change holds from the next request on." value={reason} onChange={setReason} />
        <Refusal error={change.error} title="The account stays as it was" />
        <div className={styles.end}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending} disabled={!isChanged || roles.length === 0 || !isReason(reason)}>
            Save
          </Button>
        </div>
        {entry.is_active && !isMe ? (
          <div className={styles.form}>
            {password.data === undefined ? (
              <div className={styles.more}>
                <p className={styles.quiet}>Forgotten password?</p>
                <Button variant="default" size="sm" loading={password.isPending} onClick={() => password.mutate(entry.id)}>
                  Make a link for a new one
                </Button>
              </div>
            ) : (
              <LinkBox made={password.data} forWhom={entry.display_name} />
            )}
            <Refusal error={password.error} title="No link was made" />
          </div>
        ) : null}
      </form>
    </Dialog>
  );
}
