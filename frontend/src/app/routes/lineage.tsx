import type { ReactElement } from "react";
import { Link } from "react-router";
import { Page } from "@/components/ui/page";
import { LineageDesk } from "@/features/lineage/components/lineage-desk";
import { RequireUser } from "./require-user";

export function LineageRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page title="Lineage" lead="Which snapshots an account’s votes, or a clip, went into, and which detector versions were trained on them." actions={<Link to="/detectors">All detectors</Link>}>
          <LineageDesk />
        </Page>
      )}
    </RequireUser>
  );
}
