import { Button } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { useSearchParams } from "react-router";
import { Notice } from "@/components/ui/notice";
import { Page } from "@/components/ui/page";
import type { QueueFilter } from "@/features/disputes/api/disputes";
import { DisputeQueue } from "@/features/disputes/components/queue";
import { QueueFilterBar } from "@/features/disputes/components/queue-filter";
import { REASONS } from "@/features/disputes/words";
import type { ShownReason, User } from "@/lib/models";
import { hasRole } from "@/lib/roles";
import { RequireUser } from "./require-user";

/** For moderators who review too: a list of disputes is a look at their clips. */
function Gate({ onOpen }: { onOpen: () => void }): ReactElement {
  return (
    <Notice tone="warn" title="See it or vote on it, never both">
      <p>You are a reviewer too. Clips that you see listed here will not be given to you to judge.</p>
      <p>
        <Button size="sm" variant="default" onClick={onOpen}>
          Show them; I will not vote on them
        </Button>
      </p>
    </Notice>
  );
}

function Disputes({ user }: { user: User }): ReactElement {
  const [query, setQuery] = useSearchParams();
  const [isOpened, setOpened] = useState(false);
  const asked = query.get("reason");
  const filter: QueueFilter = {
    state: query.get("state") === "decided" ? "decided" : "open",
    reason: (Object.keys(REASONS) as ShownReason[]).find((reason) => reason === asked) ?? null,
  };
  const change = ({ state, reason }: QueueFilter) =>
    setQuery({ ...(state === "decided" ? { state } : {}), ...(reason === null ? {} : { reason }) }, { replace: true });
  return (
    <Page
      title="Disputes"
      lead="Start with the first case: watch the clip, read the votes, and seal what you think. Only then are the scores shown, and you decide. The first is where your time is worth most."
    >
      {hasRole(user, "reviewer") && !isOpened ? (
        <Gate onOpen={() => setOpened(true)} />
      ) : (
        <>
          <QueueFilterBar filter={filter} onChange={change} />
          <DisputeQueue filter={filter} />
        </>
      )}
    </Page>
  );
}

export function DisputesRoute(): ReactElement {
  return <RequireUser roles={["moderator"]}>{(user) => <Disputes user={user} />}</RequireUser>;
}
