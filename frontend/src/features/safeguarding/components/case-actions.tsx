import { Button, Radio, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { SafeguardingCase } from "@/lib/models";
import { useDeed } from "../api/safeguarding";
import styles from "@/components/clip/reported-case.module.css";

/** Block for ever and keep for the authorities, or put back with a reason. */
export function CaseActions({ found }: { found: SafeguardingCase }): ReactElement {
  const [verb, setVerb] = useState<"block" | "release" | null>(null);
  const [reference, setReference] = useState("");
  const [note, setNote] = useState("");
  const deed = useDeed(found.id);
  if (found.blocked) return <p className={styles.quiet}>This clip is blocked for ever and kept for the authorities. Nothing more can be done with it here.</p>;
  const hasOpen = found.reports.some((report) => report.state === "open");
  if (!found.withheld && !hasOpen) return <p className={styles.quiet}>This case is closed: the clip was put back where it was.</p>;
  const isReady = verb === "block" ? reference.trim().length >= 2 : verb === "release" && note.trim().length >= 3;
  const submit = () => {
    if (verb === null) return;
    deed.mutate(verb === "block" ? { verb, reference: reference.trim(), note: note.trim() } : { verb, note: note.trim() });
  };
  return (
    <div className={styles.form}>
      <p className={styles.quiet}>First tell your national authority or police, and note their number. Then block. Do not copy or send the file yourself.</p>
      <Radio.Group label="Decision" value={verb} onChange={(value) => setVerb(value === "block" ? "block" : "release")}>
        <Radio value="block" label="Block for ever, and keep it for the authorities" mt={8} />
        <Radio value="release" label={found.withheld ? "Release: it shows nothing of the kind" : "Close the report: it shows nothing of the kind"} mt={8} />
      </Radio.Group>
      {verb === "block" ? (
        <TextInput label="The authorities’ reference number" required maxLength={100} value={reference} onChange={(event) => setReference(event.currentTarget.value)} />
      ) : null}
      {verb === null ? null : (
        <Textarea
          label={verb === "block" ? "Note for the file (optional)" : "Why may it be seen again?"}
          required={verb === "release"}
          rows={3}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      )}
      {deed.isError ? (
        <Notice tone="danger" title="Nothing was changed" live="alert">
          <p>{explain(deed.error)}</p>
        </Notice>
      ) : null}
      <div className={styles.row}>
        <Button {...(verb === "block" ? { color: "red", variant: "light" } : {})} disabled={!isReady} loading={deed.isPending} onClick={submit}>
          {verb === "block" ? "Block for ever" : verb === "release" ? "Release" : "Choose first"}
        </Button>
      </div>
    </div>
  );
}
