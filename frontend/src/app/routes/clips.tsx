import { Button } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Page } from "@/components/ui/page";
import type { ClipFilter } from "@/features/clips/api/list-clips";
import { ClipFilterBar } from "@/features/clips/components/clip-filter";
import { ClipList } from "@/features/clips/components/clip-list";
import { CLIP_STATES } from "@/lib/clip-states";
import type { User } from "@/lib/models";
import { hasRole, seesEverything } from "@/lib/roles";
import { RequireUser } from "./require-user";

function leadFor(user: User): string {
  if (hasRole(user, "moderator")) return "Every clip. Begin under Disputes: looking here at a clip’s scores first would make your verdict on it worth less.";
  if (hasRole(user, "admin")) return "Everything in this installation. Start with what failed; the clip’s page says why.";
  if (hasRole(user, "curator")) return "Every clip with its outcome. Labels to train with are on their own page.";
  return "Your own uploads, and every clip that is closed. Open clips are kept from you, because you may be asked about them.";
}

/** Clips that are not closed, for somebody who also reviews: a list of them is a look at them. */
function OpenClipsGate({ onOpen }: { onOpen: () => void }): ReactElement {
  return (
    <Notice tone="warn" title="See it or vote on it, never both">
      <p>You are a reviewer too. Open clips that you see listed here will not be given to you to judge.</p>
      <p>
        <Button size="sm" variant="default" onClick={onOpen}>
          Show them; I will not judge them
        </Button>
      </p>
    </Notice>
  );
}

function Clips({ user }: { user: User }): ReactElement {
  const [query, setQuery] = useSearchParams();
  const [isOpened, setOpened] = useState(false);
  const isTorn = seesEverything(user) && hasRole(user, "reviewer");
  const asked = query.get("state") ?? (isTorn && query.size === 0 ? "retired" : null);
  const filter: ClipFilter = { state: CLIP_STATES.find((state) => state === asked) ?? null, mine: query.get("mine") === "1" };
  const change = ({ state, mine }: ClipFilter) =>
    setQuery({ ...(state === null ? (isTorn ? { state: "any" } : {}) : { state }), ...(mine ? { mine: "1" } : {}) }, { replace: true });
  const isGated = isTorn && filter.state !== "retired" && !filter.mine && !isOpened;
  return (
    <Page
      title="Clips"
      lead={leadFor(user)}
      actions={
        <Button component={Link} to="/upload" leftSection={<Icon name="upload" />}>
          Upload
        </Button>
      }
    >
      <ClipFilterBar filter={filter} onChange={change} />
      {isGated ? <OpenClipsGate onOpen={() => setOpened(true)} /> : <ClipList filter={filter} />}
    </Page>
  );
}

export function ClipsRoute(): ReactElement {
  return <RequireUser>{(user) => <Clips user={user} />}</RequireUser>;
}
