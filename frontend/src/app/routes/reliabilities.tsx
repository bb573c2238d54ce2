import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { VersionsDesk } from "@/features/reliabilities/components/versions-desk";
import { hasRole } from "@/lib/roles";
import { RequireUser } from "./require-user";

export function ReliabilitiesRoute(): ReactElement {
  return (
    <RequireUser roles={["moderator", "admin"]}>
      {(user) => (
        <Page title="Reliabilities" lead="What is known of the reviewers, in numbered versions. A new one comes after 20 answers on gold; a guard looks at what it would move before it counts.">
          <VersionsDesk canDecide={hasRole(user, "admin")} />
        </Page>
      )}
    </RequireUser>
  );
}
