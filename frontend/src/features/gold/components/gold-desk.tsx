import { Button, Skeleton } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { GoldFilter } from "../api/gold";
import { goldQuery } from "../api/gold";
import { ClipDialog, DecisionsDialog, DrawDialog, FileDialog } from "./add-dialogs";
import { DrawingProgress } from "./drawing-progress";
import { GoldList } from "./gold-list";
import { StockCards } from "./stock-cards";
import styles from "./gold.module.css";

const DIALOGS = { file: FileDialog, clip: ClipDialog, draw: DrawDialog, decisions: DecisionsDialog } as const;
type DialogName = keyof typeof DIALOGS;

function AddButtons({ onOpen }: { onOpen: (name: DialogName) => void }): ReactElement {
  return (
    <div className={styles.add}>
      <Button leftSection={<Icon name="upload" />} onClick={() => onOpen("file")}>
        Bring a file
      </Button>
      <Button variant="default" onClick={() => onOpen("clip")}>
        A clip that is here
      </Button>
      <Button variant="default" onClick={() => onOpen("draw")}>
        Draw some
      </Button>
      <Button variant="default" onClick={() => onOpen("decisions")}>
        From decisions
      </Button>
    </div>
  );
}

/** What there is, what is needed, and the four ways in which gold comes. */
export function GoldDesk(): ReactElement {
  const [filter, setFilter] = useState<GoldFilter>({ role: null, label: null });
  const [open, setOpen] = useState<DialogName | null>(null);
  const [news, setNews] = useState<string | null>(null);
  const gold = useInfiniteQuery({ ...goldQuery(filter), placeholderData: keepPreviousData });
  if (gold.isPending) return <Skeleton height={360} radius={10} role="status" aria-label="Loading gold" />;
  if (gold.isError) {
    return (
      <Notice tone="danger" title="Gold could not be loaded" live="alert">
        <p>{explain(gold.error)}</p>
        <p>
          <Button size="xs" variant="default" onClick={() => void gold.refetch()}>
            Try again
          </Button>
        </p>
      </Notice>
    );
  }
  const first = gold.data.pages[0];
  const items = gold.data.pages.flatMap((page) => page.items);
  const Opened = open === null ? null : DIALOGS[open];
  const openDialog = (name: DialogName) => {
    setNews(null);
    setOpen(name);
  };
  const finish = (said: string) => {
    setOpen(null);
    setNews(said);
  };
  const isEmpty = (first?.counts.length ?? 0) === 0;
  return (
    <div className={styles.stack}>
      {news === null ? null : (
        <Notice tone="good" live="status">
          <p>{news}</p>
        </Notice>
      )}
      {isEmpty ? null : <AddButtons onOpen={openDialog} />}
      <DrawingProgress />
      {first === undefined ? null : <StockCards counts={first.counts} needs={first.needs} />}
      <GoldList
        filter={filter}
        onChange={setFilter}
        items={items}
        isBusy={gold.isFetchingNextPage || gold.isPlaceholderData}
        onMore={gold.hasNextPage ? () => void gold.fetchNextPage() : null}
        firstSteps={<AddButtons onOpen={openDialog} />}
      />
      {Opened === null ? null : <Opened onClose={() => setOpen(null)} onDone={finish} />}
    </div>
  );
}
