import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useRouteError } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { explain } from "@/lib/api-error";

/** A chunk that is gone because a new version was installed while the page stood open. */
function isStaleChunk(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|Importing a module script failed/i.test(error.message);
}

/** The last resort: a page that failed while drawing. The rest of the application stays usable. */
export function RouteError(): ReactElement {
  const error = useRouteError();
  const stale = isStaleChunk(error);
  return (
    <div role="alert">
      <title>Something went wrong · ClipJury</title>
      <EmptyState
        title={stale ? "ClipJury was updated" : "Something went wrong on this page"}
        headingLevel={1}
        actions={<Button onClick={() => window.location.reload()}>Reload the page</Button>}
      >
        <p>{stale ? "A newer version is installed. Reload to use it; your drafts are kept." : explain(error)}</p>
      </EmptyState>
    </div>
  );
}
