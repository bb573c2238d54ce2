import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { LabelsDesk } from "@/features/labels/components/labels-desk";
import { RequireUser } from "./require-user";

export function LabelsRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page title="Labels" lead="Start here: choose a format and download every closed clip with its labels, its probabilities and its raw votes.">
          <LabelsDesk />
        </Page>
      )}
    </RequireUser>
  );
}
