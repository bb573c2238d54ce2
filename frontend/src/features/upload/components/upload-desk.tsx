import { TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { useUploads } from "../hooks/use-uploads";
import { DropZone } from "./drop-zone";
import { UploadRow } from "./upload-row";
import styles from "./upload.module.css";

/** Bringing clips in: where they come from, the files, and what becomes of each. */
export function UploadDesk(): ReactElement {
  const [source, setSource] = useState("");
  const [licence, setLicence] = useState("");
  const uploads = useUploads(useMemo(() => ({ source, licence }), [source, licence]));
  return (
    <div className={styles.desk}>
      <Card>
        <div className={styles.fields}>
          <TextInput
            label="Where does it come from? (optional)"
            description="A link or a sentence. Reviewers do not see it before they vote."
            maxLength={500}
            value={source}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
          <TextInput
            label="Licence or permission (optional)"
            description="Such as CC BY 4.0, or “with the owner’s consent”."
            maxLength={200}
            value={licence}
            onChange={(event) => setLicence(event.currentTarget.value)}
          />
        </div>
        <DropZone onFiles={uploads.add} />
      </Card>
      {uploads.items.length === 0 ? null : (
        <Card title="Your files">
          <ul className={styles.rows}>
            {uploads.items.map((item) => (
              <UploadRow key={item.key} item={item} uploads={uploads} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}
