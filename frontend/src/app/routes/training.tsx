import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { TrainingDesk } from "@/features/training/components/training-desk";
import { RequireUser } from "./require-user";

export function TrainingRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page title="Training" lead="Start here: choose a frozen snapshot and train a new version of a detector on what people decided. It judges nothing until the gate lets it.">
          <TrainingDesk />
        </Page>
      )}
    </RequireUser>
  );
}
