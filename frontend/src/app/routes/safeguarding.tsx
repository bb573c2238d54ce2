import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { SafeguardingQueue } from "@/features/safeguarding/components/safeguarding-queue";
import { RequireUser } from "./require-user";

export function SafeguardingRoute(): ReactElement {
  return (
    <RequireUser roles={["safeguarding"]}>
      {() => (
        <Page
          title="Safeguarding"
          lead="Start with the first case: read the report and the facts, tell the authorities, then block it under their number. Nothing is shown unless you ask."
        >
          <SafeguardingQueue />
        </Page>
      )}
    </RequireUser>
  );
}
