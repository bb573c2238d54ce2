import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { DetectorsDesk } from "@/features/detectors/components/detectors-desk";
import { RequireUser } from "./require-user";

export function DetectorsRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page title="Detectors" lead="Which version of each detector is in force, how well it was measured, and what waits to take its place.">
          <DetectorsDesk />
        </Page>
      )}
    </RequireUser>
  );
}
