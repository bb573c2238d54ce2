import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { UploadDesk } from "@/features/upload/components/upload-desk";
import { RequireUser } from "./require-user";

export function UploadRoute(): ReactElement {
  return (
    <RequireUser>
      {() => (
        <Page title="Upload clips" lead="Bring in what is in dispute. Detectors look first, then reviewers judge it without seeing each other’s answers.">
          <UploadDesk />
        </Page>
      )}
    </RequireUser>
  );
}
