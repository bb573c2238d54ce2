import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { failureWords } from "@/lib/failure-words";

/** Why a file cannot be judged, and what to do about it. */
export function FailureNotice({ failure }: { failure: { code: string; detail: string } }): ReactElement {
  const { title, detail, advice } = failureWords(failure);
  return (
    <Notice tone="danger" title={title} live="alert">
      <p>{detail}</p>
      {detail.includes(advice) ? null : <p>{advice}</p>}
    </Notice>
  );
}
