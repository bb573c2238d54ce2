import { Checkbox, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import type { Origin } from "../upload-queue";
import styles from "./upload-desk.module.css";

const MAX_CHARACTERS = 500;

interface OriginFieldsProps {
  origin: Origin;
  onChange: (origin: Origin) => void;
}

/** Where the files come from and what may be done with them; one answer for the whole batch. */
export function OriginFields({ origin, onChange }: OriginFieldsProps): ReactElement {
  return (
    <fieldset className={styles.fields}>
      <legend className={styles.legend}>About these files (optional, the same for all)</legend>
      <TextInput
        label="Source"
        description="A link or a few words; hidden from reviewers"
        maxLength={MAX_CHARACTERS}
        value={origin.source}
        onChange={(event) => onChange({ ...origin, source: event.currentTarget.value })}
      />
      <TextInput
        label="Licence"
        description="What may be done with them, such as CC-BY-4.0"
        maxLength={MAX_CHARACTERS}
        value={origin.licence}
        onChange={(event) => onChange({ ...origin, licence: event.currentTarget.value })}
      />
      <Checkbox
        label="The files themselves may be published with datasets"
        description="Only if you may agree to that, and only under an open licence such as CC-BY-4.0. Without it, datasets carry labels and a fingerprint, never the files."
        className={styles.wide ?? ""}
        size="md"
        checked={origin.mediaConsent}
        onChange={(event) => onChange({ ...origin, mediaConsent: event.currentTarget.checked })}
      />
    </fieldset>
  );
}
