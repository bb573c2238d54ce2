import { Button } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { Link, Navigate, useLocation } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { explain } from "@/lib/api-error";
import type { Role, User } from "@/lib/models";
import { hasRole, homePathFor, ROLE_WORDS } from "@/lib/roles";
import { useSession } from "@/lib/session";
import { Loading } from "./loading";

interface RequireUserProps {
  /** One of these roles is enough; without a list everybody who is signed in may pass. */
  roles?: Role[];
  children: (user: User) => ReactNode;
}

function Forbidden({ user, roles }: { user: User; roles: Role[] }): ReactElement {
  const needed = roles.map((role) => ROLE_WORDS[role].toLowerCase()).join(" or ");
  return (
    <>
      <title>No access · ClipJury</title>
      <EmptyState
        title="This page is for another role"
        headingLevel={1}
        actions={
          <Button component={Link} to={homePathFor(user)}>
            To my first page
          </Button>
        }
      >
        <p>
          It needs the role {needed}; you are signed in as {user.display_name}. An administrator can give roles.
        </p>
      </EmptyState>
    </>
  );
}

/** Shows its children to those who may see them, and tells everybody else what to do. */
export function RequireUser({ roles, children }: RequireUserProps): ReactNode {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session.isPending) return <Loading />;
  if (session.isError) {
    return (
      <EmptyState title="The server does not answer" headingLevel={1} actions={<Button onClick={() => void session.refetch()}>Try again</Button>}>
        <p>{explain(session.error)}</p>
      </EmptyState>
    );
  }
  const { user, ended } = session.data;
  if (user === null) {
    const query = new URLSearchParams({ next: pathname + search, ...(ended ? { ended: "1" } : {}) });
    return <Navigate to={`/sign-in?${query.toString()}`} replace />;
  }
  if (roles !== undefined && !hasRole(user, ...roles)) return <Forbidden user={user} roles={roles} />;
  return children(user);
}
