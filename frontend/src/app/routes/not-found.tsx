import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";

export function NotFound(): ReactElement {
  return (
    <>
      <title>Not found · ClipJury</title>
      <EmptyState
        title="There is nothing at this address"
        headingLevel={1}
        actions={
          <Button component={Link} to="/">
            To the start page
          </Button>
        }
      >
        <p>The link may be old or mistyped, or it leads to a clip that you may not see.</p>
      </EmptyState>
    </>
  );
}
