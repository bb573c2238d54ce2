import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Page } from "@/components/ui/page";
import { explain, hasCode } from "@/lib/api-error";
import { clipFramesQuery } from "@/lib/clip-frames";
import { useVocabulary } from "@/lib/vocabulary";
import { caseQuery } from "../api/disputes";
import { CaseView } from "./case-view";

function Refused({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  if (hasCode(error, "lease_open")) {
    return (
      <EmptyState
        title="You are judging this clip as a reviewer"
        headingLevel={1}
        actions={
          <Button component={Link} to="/review">
            Back to my answer
          </Button>
        }
      >
        <p>Nobody sees a case and votes on it too. Seal your vote or skip the clip; another moderator judges the case if you have voted.</p>
      </EmptyState>
    );
  }
  const isMissing = hasCode(error, "not_found");
  return (
    <EmptyState
      title={isMissing ? "There is no such case" : "The case could not be loaded"}
      headingLevel={1}
      actions={
        isMissing ? (
          <Button component={Link} to="/disputes">
            To the disputes
          </Button>
        ) : (
          <Button onClick={onRetry}>Try again</Button>
        )
      }
    >
      <p>{isMissing ? "It may have been taken out together with its clip." : explain(error)}</p>
    </EmptyState>
  );
}

/** One case, once all is there that its page needs. */
export function CasePage({ id }: { id: string }): ReactElement {
  const dispute = useQuery(caseQuery(id));
  const clip = dispute.data?.clip;
  const isVideo = clip !== undefined && clip.kind !== "image" && clip.media_url !== null;
  const frames = useQuery({ ...clipFramesQuery(clip?.id ?? ""), enabled: isVideo });
  const vocabulary = useVocabulary();
  if (dispute.isError) return <Refused error={dispute.error} onRetry={() => void dispute.refetch()} />;
  if (dispute.isPending || (isVideo && frames.isPending) || vocabulary.isPending) {
    return (
      <Page title="Case">
        <div role="status" aria-label="Loading the case">
          <Skeleton height={420} radius={10} mb={16} />
          <Skeleton height={220} radius={10} />
        </div>
      </Page>
    );
  }
  return <CaseView dispute={dispute.data} frameTimes={frames.data ?? null} reasons={vocabulary.data?.decision_reasons ?? []} />;
}
