import { Textarea } from "@mantine/core";
import type { ReactElement } from "react";

interface ReasonFieldProps {
  /** Where the reason is kept. */
  hint: string;
  value: string;
  onChange: (reason: string) => void;
}

/** Whether a reason says enough to be kept. */
export function isReason(text: string): boolean {
  return text.trim().length >= 3;
}

/** Why something is changed, for everyone who asks later. */
export function ReasonField({ hint, value, onChange }: ReasonFieldProps): ReactElement {
  return (
    <Textarea
      label="Why"
      description={hint}
      required
      withAsterisk={false}
      minLength={3}
      maxLength={500}
      rows={2}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
