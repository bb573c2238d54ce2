import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { OUTCOME_BADGES, STATE_WORDS } from "@/lib/clip-states";
import { OUTCOME_WORDS } from "@/lib/ladder";
import { ANSWERS } from "@/lib/answers";
import type { ClipState, Outcome, ResponseLabel } from "@/lib/models";

export function StateBadge({ state }: { state: ClipState }): ReactElement {
  const { word, icon, tone, hint } = STATE_WORDS[state];
  return (
    <Badge icon={icon} tone={tone} title={hint}>
      {word}
    </Badge>
  );
}

export function OutcomeBadge({ outcome }: { outcome: Outcome }): ReactElement {
  const { icon, tone } = OUTCOME_BADGES[outcome];
  return (
    <Badge icon={icon} tone={tone}>
      {OUTCOME_WORDS[outcome]}
    </Badge>
  );
}

export function AnswerBadge({ label }: { label: ResponseLabel }): ReactElement {
  const { word, icon, tone } = ANSWERS[label];
  return (
    <Badge icon={icon} tone={tone}>
      {word}
    </Badge>
  );
}
