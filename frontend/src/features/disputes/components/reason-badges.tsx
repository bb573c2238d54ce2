import type { ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import type { ShownReason } from "@/lib/models";
import { REASONS } from "../words";

/** Why a clip is disputed, as far as this moderator may know it yet. */
export function ReasonBadges({ reasons }: { reasons: ShownReason[] }): ReactElement {
  return (
    <>
      {reasons.map((reason) => (
        <Badge key={reason} icon={REASONS[reason].icon} tone={reason === "appeal" ? "accent" : "neutral"} title={REASONS[reason].hint}>
          {REASONS[reason].word}
        </Badge>
      ))}
    </>
  );
}
