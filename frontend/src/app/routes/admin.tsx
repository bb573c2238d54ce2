import type { ReactElement } from "react";
import { AdminHome } from "@/features/admin/components/admin-home";
import { AdminPage } from "@/features/admin/components/admin-page";
import { AuditView } from "@/features/admin/components/audit-view";
import { InvitationsView } from "@/features/admin/components/invitations-view";
import { JobsView } from "@/features/admin/components/jobs-view";
import { PoliciesView } from "@/features/admin/components/policies-view";
import { UsersView } from "@/features/admin/components/users-view";
import { RequireUser } from "./require-user";

export function AdminRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {() => (
        <AdminPage title="Administration" lead="Start here: look at what needs you, from the top.">
          <AdminHome />
        </AdminPage>
      )}
    </RequireUser>
  );
}

export function UsersRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {(user) => (
        <AdminPage title="Users" lead="Find an account, then change its roles, shut it out, or make a link for a new password.">
          <UsersView me={user} />
        </AdminPage>
      )}
    </RequireUser>
  );
}

export function InvitationsRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {() => (
        <AdminPage title="Invitations" lead="Choose the roles, make the link, and hand it on. It makes one account, once.">
          <InvitationsView />
        </AdminPage>
      )}
    </RequireUser>
  );
}

export function PoliciesRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {() => (
        <AdminPage title="Policies" lead="When a clip closes. Before a change is saved you see what it would do.">
          <PoliciesView />
        </AdminPage>
      )}
    </RequireUser>
  );
}

export function JobsRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {() => (
        <AdminPage title="Jobs" lead="Work in the background. What failed says why, and can be tried again.">
          <JobsView />
        </AdminPage>
      )}
    </RequireUser>
  );
}

export function AuditRoute(): ReactElement {
  return (
    <RequireUser roles={["admin"]}>
      {(user) => (
        <AdminPage title="Audit log" lead="Who did what to which thing. Begin with what happened, or with whom it happened to.">
          <AuditView me={user} />
        </AdminPage>
      )}
    </RequireUser>
  );
}
