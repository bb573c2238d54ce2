import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { clipsQuery } from "../api/list-clips";
import type { ClipFilter } from "../api/list-clips";
import { ClipGrid } from "./clip-grid";
import styles from "./clip-grid.module.css";

function GridLoading(): ReactElement {
  return (
    <div className={styles.grid} role="status" aria-label="Loading clips">
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} height={220} radius={10} />
      ))}
    </div>
  );
}

function NoClips({ filter }: { filter: ClipFilter }): ReactElement {
  const isFiltered = filter.state !== null || filter.mine;
  return (
    <EmptyState
      title={isFiltered ? "No clip fits this choice" : "No clips yet"}
      actions={
        <Button component={Link} to="/upload">
          Upload a clip
        </Button>
      }
    >
      <p>{isFiltered ? "Choose another state above, or bring in a clip." : "The first upload starts everything: it is prepared, scored and handed to reviewers."}</p>
    </EmptyState>
  );
}

export function ClipList({ filter }: { filter: ClipFilter }): ReactElement {
  const clips = useInfiniteQuery(clipsQuery(filter));
  if (clips.isPending) return <GridLoading />;
  if (clips.isError) {
    return (
      <Notice tone="danger" title="The clips could not be loaded" live="alert">
        <p>{explain(clips.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void clips.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  const items = clips.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <NoClips filter={filter} />;
  return (
    <>
      <ClipGrid clips={items} nowMs={clips.dataUpdatedAt} />
      {clips.hasNextPage ? (
        <p style={{ textAlign: "center" }}>
          <Button variant="default" loading={clips.isFetchingNextPage} onClick={() => void clips.fetchNextPage()}>
            Show more
          </Button>
        </p>
      ) : null}
    </>
  );
}
