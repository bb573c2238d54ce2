import { Button, Skeleton } from "@mantine/core";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";

interface Asked {
  isPending: boolean;
  error: Error | null;
  refetch: () => unknown;
}

/** What stands in a list's place while it is loading or could not be loaded. */
export function QueryState({ query, what }: { query: Asked; what: string }): ReactElement | null {
  if (query.isPending) return <Skeleton height={180} radius={10} role="status" aria-label={`Loading ${what}`} />;
  if (query.error === null) return null;
  return (
    <Notice tone="danger" title={`The ${what} could not be loaded`} live="alert">
      <p>{explain(query.error)}</p>
      <p>
        <Button size="xs" variant="default" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </p>
    </Notice>
  );
}

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function ShowMore({ query }: { query: Paged }): ReactElement | null {
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      Show more
    </Button>
  );
}

/** What a request that was refused says, beside the thing it was about. */
export function Refusal({ error, title }: { error: Error | null; title: string }): ReactElement | null {
  if (error === null) return null;
  return (
    <Notice tone="danger" title={title} live="alert">
      <p>{explain(error)}</p>
    </Notice>
  );
}
