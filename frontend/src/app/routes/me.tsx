import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Page } from "@/components/ui/page";
import { RecordView } from "@/features/history/components/record-view";
import { RequireUser } from "./require-user";

export function MeRoute(): ReactElement {
  return (
    <RequireUser roles={["reviewer"]}>
      {() => (
        <Page
          title="My record"
          lead="Only you see this page."
          actions={
            <Button component={Link} to="/review">
              Go on reviewing
            </Button>
          }
        >
          <RecordView />
        </Page>
      )}
    </RequireUser>
  );
}
