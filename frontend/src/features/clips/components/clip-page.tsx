import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { clipQuery } from "@/lib/clip-query";
import type { User } from "@/lib/models";
import { ClipView } from "./clip-view";

/** Why a clip's page stays closed, and what to do instead. */
function Refused({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  if (hasCode(error, "lease_open")) {
    return (
      <EmptyState
        title="You are judging this clip right now"
        headingLevel={1}
        actions={
          <Button component={Link} to="/review">
            Back to my answer
          </Button>
        }
      >
        <p>Nobody sees a clip’s facts and votes on it too. Seal your vote or skip the clip; then this page opens as soon as it may.</p>
      </EmptyState>
    );
  }
  if (hasCode(error, "withheld")) {
    return (
      <EmptyState title="This clip is withheld" headingLevel={1} actions={<Button component={Link} to="/clips">All clips I may see</Button>}>
        <p>It was reported, and is being looked at or has been taken out. Nothing about it is shown meanwhile.</p>
      </EmptyState>
    );
  }
  if (hasCode(error, "not_found", "not_ready", "forbidden")) {
    return (
      <EmptyState
        title="This clip is not open to you"
        headingLevel={1}
        actions={
          <Button component={Link} to="/clips">
            All clips I may see
          </Button>
        }
      >
        <p>There is no such clip, or it is still being judged. Open clips are kept from those who may be asked about them.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="The clip could not be loaded" headingLevel={1} actions={<Button onClick={onRetry}>Try again</Button>}>
      <p>{explain(error)}</p>
    </EmptyState>
  );
}

export function ClipPage({ id, user }: { id: string; user: User }): ReactElement {
  const clip = useQuery(clipQuery(id));
  if (clip.data !== undefined) return <ClipView key={id} clip={clip.data} user={user} shownAtMs={clip.dataUpdatedAt} />;
  if (clip.isError) return <Refused error={clip.error} onRetry={() => void clip.refetch()} />;
  return (
    <Page title="Clip">
      <div role="status" aria-label="Loading the clip">
        <Skeleton height={420} radius={10} mb={16} />
        <Skeleton height={160} radius={10} />
      </div>
    </Page>
  );
}
