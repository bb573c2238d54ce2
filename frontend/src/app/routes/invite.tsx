import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { openInvitationQuery } from "@/features/account/api/invitation";
import { AcceptForm } from "@/features/account/components/accept-form";
import { explain, hasCode } from "@/lib/api-error";
import { homePathFor, ROLE_HINTS, ROLE_WORDS } from "@/lib/roles";
import { useUser } from "@/lib/session";
import { Loading } from "./loading";
import styles from "./sign-in.module.css";

function Broken({ error }: { error: Error }): ReactElement {
  const isInvalid = hasCode(error, "invitation_invalid");
  return (
    <>
      <title>Invitation · ClipJury</title>
      <EmptyState
        title={isInvalid ? "This link does not work" : "The link could not be looked at"}
        headingLevel={1}
        actions={
          <Button component={Link} to="/sign-in">
            Sign in
          </Button>
        }
      >
        <p>{isInvalid ? "It was used or withdrawn, it has run out, or a part of it is missing. Ask whoever sent it for a new one." : explain(error)}</p>
      </EmptyState>
    </>
  );
}

/** Where a one-time link leads: make the account it was made for, or set a new password. */
export function InviteRoute(): ReactElement {
  const { token = "" } = useParams();
  const invitation = useQuery(openInvitationQuery(token));
  const user = useUser();
  const navigate = useNavigate();
  if (invitation.isPending) return <Loading />;
  if (invitation.isError) return <Broken error={invitation.error} />;
  const { purpose, roles } = invitation.data;
  const isNew = purpose === "account";
  return (
    <div className={styles.narrow}>
      <Page
        title={isNew ? "You are invited" : "Set a new password"}
        lead={isNew ? `As ${roles.map((role) => `${ROLE_WORDS[role].toLowerCase()} (${ROLE_HINTS[role]})`).join(", ")}. Give yourself a name and a password.` : "The link works once. Everywhere else you will be signed out."}
      >
        {user === null ? null : (
          <div className={styles.notice}>
            <Notice tone="warn">
              <p>You are signed in as {user.display_name}. Going on signs you in with {isNew ? "the new account" : "this one"} instead.</p>
            </Notice>
          </div>
        )}
        <Card>
          <AcceptForm token={token} invitation={invitation.data} onAccepted={(accepted) => void navigate(homePathFor(accepted), { replace: true })} />
        </Card>
      </Page>
    </div>
  );
}
