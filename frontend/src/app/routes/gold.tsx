import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { GoldDesk } from "@/features/gold/components/gold-desk";
import { RequireUser } from "./require-user";

export function GoldRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page title="Gold" lead="Clips whose truth is known. By them the platform learns how often reviewers and detectors are right; nobody is told which clips they are.">
          <GoldDesk />
        </Page>
      )}
    </RequireUser>
  );
}
