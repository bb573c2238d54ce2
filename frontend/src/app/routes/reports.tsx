import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { ReportQueue } from "@/features/reports/components/report-queue";
import { RequireUser } from "./require-user";

export function ReportsRoute(): ReactElement {
  return (
    <RequireUser roles={["moderator", "admin"]}>
      {() => (
        <Page title="Reports" lead="Start with the first: urgent ones stand on top. Read what was reported, then withhold the clip or let it stand.">
          <ReportQueue />
        </Page>
      )}
    </RequireUser>
  );
}
