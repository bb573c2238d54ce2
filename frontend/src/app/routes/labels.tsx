import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Page } from "@/components/ui/page";
import { LabelsDesk } from "@/features/labels/components/labels-desk";
import { RequireUser } from "./require-user";

export function LabelsRoute(): ReactElement {
  return (
    <RequireUser roles={["curator", "admin"]}>
      {() => (
        <Page
          title="Labels"
          lead="A quick download of every closed clip with its labels, its probabilities and its raw votes. For something to cite or to train on, freeze a dataset."
          actions={
            <Button component={Link} to="/datasets" variant="default">
              To the datasets
            </Button>
          }
        >
          <LabelsDesk />
        </Page>
      )}
    </RequireUser>
  );
}
