import { Button, NumberInput, Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { ApiError } from "@/lib/api-error";
import { count } from "@/lib/format";
import type { Policy, PolicyField, PolicyPreview } from "@/lib/models";
import { asPreview, previewJobQuery, usePreview, useSavePolicy } from "../api/policies";
import type { PolicyValues } from "../api/policies";
import { effectsOf, valueWords } from "../policy-words";
import styles from "./admin.module.css";
import { Refusal } from "./query-state";
import { isReason, ReasonField } from "./reason-field";

const REACH_WORDS: Record<PolicyField["reach"], string> = { open_clips: "Open clips follow.", new_clips: "Holds for clips that come in after it." };

interface FieldProps {
  field: PolicyField;
  value: number;
  was: number;
  error: string | null;
  onChange: (value: number) => void;
}

function PolicyInput({ field, value, was, error, onChange }: FieldProps): ReactElement {
  const scale = field.kind === "probability" ? 100 : 1;
  const shown = (one: number) => Number((one * scale).toFixed(4));
  return (
    <NumberInput
      label={field.title}
      description={`${field.help} ${REACH_WORDS[field.reach]} ${valueWords(field, field.low)} to ${valueWords(field, field.high)}.${value === was ? "" : ` Now ${valueWords(field, was)}.`}`}
      inputWrapperOrder={["label", "input", "error", "description"]}
      min={shown(field.low)}
      max={shown(field.high)}
      hideControls
      step={{ probability: 0.5, factor: 0.1, count: 1 }[field.kind]}
      allowDecimal={field.kind !== "count"}
      suffix={field.kind === "probability" ? "\u202F%" : ""}
      value={shown(value)}
      error={error}
      onChange={(next) => onChange(Number((Number(next) / scale).toFixed(6)))}
    />
  );
}

function Effects({ preview }: { preview: PolicyPreview }): ReactElement {
  const effects = effectsOf(preview);
  const basis = `Judged by the real rules over ${count(preview.clips, "open clip")} and ${count(preview.published, "published verdict")}; nothing was written.`;
  return (
    <Notice tone={effects.length === 0 ? "info" : "warn"} title={effects.length === 0 ? "Nothing would change today" : "What would change"} live="status">
      {effects.length === 0 ? null : (
        <ul className={styles.effects}>
          {effects.map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
      )}
      <p>{basis} Votes that come in meanwhile are judged as they come.</p>
    </Notice>
  );
}

interface Looked {
  preview: PolicyPreview | null;
  progress: number | null;
  message: string;
  error: string | null;
}

/** The preview that was asked for: there, on its way with a bar, or failed. */
function useLooked(asked: ReturnType<typeof usePreview>): Looked {
  const job = useQuery(previewJobQuery(asked.data?.job_id ?? null)).data;
  const nothing: Looked = { preview: null, progress: null, message: "", error: null };
  if (asked.data === undefined) return nothing;
  if (asked.data.preview !== null) return { ...nothing, preview: asked.data.preview };
  if (job === undefined) return { ...nothing, progress: 0, message: "Waiting for the worker" };
  if (job.state === "done") return { ...nothing, preview: asPreview(job.result) };
  if (job.state === "failed" || job.state === "cancelled") return { ...nothing, error: job.error ?? "The preview was cancelled." };
  return { ...nothing, progress: job.progress, message: job.message === "" ? "Waiting for the worker" : job.message };
}

function PreviewPanel({ looked }: { looked: Looked }): ReactElement | null {
  if (looked.preview !== null) return <Effects preview={looked.preview} />;
  if (looked.error !== null) return <Notice tone="danger" title="The preview failed" live="alert"><p>{looked.error}</p></Notice>;
  if (looked.progress === null) return null;
  return (
    <div role="status">
      <p className={styles.quiet}>{looked.message}</p>
      <Progress value={looked.progress * 100} aria-label="Preview" />
    </div>
  );
}

interface PolicyFormProps {
  fields: PolicyField[];
  inForce: Policy;
  onDone: () => void;
}

/** Change thresholds: look at what it would do, say why, then put it in force. Saving waits for the preview of the very same values. */
export function PolicyForm({ fields, inForce, onDone }: PolicyFormProps): ReactElement {
  const [values, setValues] = useState<PolicyValues>(inForce.values);
  const [previewed, setPreviewed] = useState<PolicyValues | null>(null);
  const [reason, setReason] = useState("");
  const ask = usePreview();
  const save = useSavePolicy();
  const looked = useLooked(ask);
  const isChanged = fields.some(({ name }) => values[name] !== inForce.values[name]);
  const isLookedAt = previewed === values && looked.preview !== null;
  const errorOf = (name: string) => {
    const found = [ask.error, save.error].flatMap((error) => (error instanceof ApiError ? error.fieldErrors : []));
    return found.find(({ field }) => field === name)?.message ?? null;
  };
  const look = () => {
    setPreviewed(values);
    ask.mutate(values);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isLookedAt) save.mutate({ values, basedOn: inForce.version, reason }, { onSuccess: onDone });
    else look();
  };
  return (
    <Card title="Change the policy">
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.fields}>
          {fields.map((field) => (
            <PolicyInput
              key={field.name}
              field={field}
              value={values[field.name] ?? 0}
              was={inForce.values[field.name] ?? 0}
              error={errorOf(field.name)}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
            />
          ))}
        </div>
        <div className={styles.buttons}>
          <Button type="button" variant={isLookedAt ? "default" : "filled"} disabled={!isChanged} loading={ask.isPending || looked.progress !== null} onClick={look}>
            Preview what would change
          </Button>
          <Button type="button" variant="default" onClick={onDone}>
            Leave it as it is
          </Button>
        </div>
        <Refusal error={ask.error} title="These thresholds cannot be used" />
        {previewed === values ? <PreviewPanel looked={looked} /> : null}
        {isLookedAt ? (
          <>
            <ReasonField hint="Kept with the version and your name, for everyone who asks later." value={reason} onChange={setReason} />
            <Refusal error={save.error} title="The policy stays as it was" />
            <div className={styles.buttons}>
              <Button type="submit" loading={save.isPending} disabled={!isReason(reason)}>
                Put version {inForce.version + 1} in force
              </Button>
            </div>
          </>
        ) : null}
      </form>
    </Card>
  );
}
