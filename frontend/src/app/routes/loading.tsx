import { Skeleton } from "@mantine/core";
import type { ReactElement } from "react";
import { Page } from "@/components/ui/page";

/** Stands in while a page's code or the session is on its way. */
export function Loading(): ReactElement {
  return (
    <Page title="Loading">
      <div role="status" aria-label="Loading">
        <Skeleton height={140} radius={10} mb={16} />
        <Skeleton height={18} width="70%" mb={10} />
        <Skeleton height={18} width="55%" />
      </div>
    </Page>
  );
}
