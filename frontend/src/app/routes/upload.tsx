import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";
import { UploadDesk } from "@/features/upload/components/upload-desk";
import { RequireUser } from "./require-user";

export function UploadRoute(): ReactElement {
  return (
    <RequireUser>
      {() => (
        <Page title="Upload" lead="Bring in a video or a picture to be judged. You will not be asked about your own uploads." narrow>
          <UploadDesk />
        </Page>
      )}
    </RequireUser>
  );
}
