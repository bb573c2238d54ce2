import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";
import { fileSize, percent } from "@/lib/format";
import type { GoldRole, Label } from "@/lib/models";
import { useDrawGold, useMakeGold, usePromoteDecisions, useUploadGold } from "../api/gold";
import { promotionWords } from "../gold-words";
import { LabelChoice, RoleChoice } from "./choices";
import { GoldDialog } from "./gold-dialog";
import styles from "./gold.module.css";

export interface AddDialogProps {
  onClose: () => void;
  onDone: (news: string) => void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOST_DRAWN = 1000;

/** The id in what was pasted: a bare id, or the address of a clip’s page. */
function idIn(text: string): string | null {
  const last = text.trim().replace(/\/+$/, "").split("/").at(-1) ?? "";
  return UUID.test(last) ? last : null;
}

function SourceField({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactElement {
  return (
    <TextInput
      label="Who or what vouches for it?"
      description="The agency that filmed it, the person who made the fake, a court’s finding"
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Bring a file that is gold from its first moment. */
export function FileDialog({ onClose, onDone }: AddDialogProps): ReactElement {
  const [file, setFile] = useState<File | null>(null);
  const [label, setLabel] = useState<Label | null>(null);
  const [role, setRole] = useState<GoldRole | null>(null);
  const [source, setSource] = useState("");
  const [sent, setSent] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const upload = useUploadGold();
  useEffect(() => () => stop.current?.abort(), []);
  const submit = () => {
    if (file === null || label === null || role === null) return;
    stop.current = new AbortController();
    upload.mutate(
      { file, label, role, source: source.trim(), onProgress: setSent, signal: stop.current.signal },
      { onSuccess: ({ isNew }) => onDone(isNew ? `${file.name} is gold now.` : `${file.name} was this gold already.`) },
    );
  };
  const canSubmit = file !== null && label !== null && role !== null && source.trim() !== "";
  return (
    <GoldDialog title="Bring a file as gold" action="Add it" canSubmit={canSubmit} isPending={upload.isPending} error={upload.error} onSubmit={submit} onClose={onClose}>
      <label className={styles.file}>
        The file
        <input type="file" accept="video/*,image/*,.mkv,.avi,.mov,.ts" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
        {file === null ? null : <span className={styles.quiet}>{fileSize(file.size)}</span>}
      </label>
      <LabelChoice value={label} onChange={setLabel} />
      <RoleChoice value={role} onChange={setRole} />
      <SourceField value={source} onChange={setSource} />
      {upload.isPending && file !== null ? (
        <div role="status">
          <progress className={styles.meter} value={Math.min(sent, file.size)} max={file.size} aria-label="Sent so far" />
          <span className={styles.quiet}>{percent(Math.min(1, sent / Math.max(1, file.size)))} sent</span>
        </div>
      ) : null}
    </GoldDialog>
  );
}

/** Make a clip that is here gold, by its id. */
export function ClipDialog({ onClose, onDone }: AddDialogProps): ReactElement {
  const [pasted, setPasted] = useState("");
  const [label, setLabel] = useState<Label | null>(null);
  const [role, setRole] = useState<GoldRole | null>(null);
  const [source, setSource] = useState("");
  const make = useMakeGold();
  const clipId = idIn(pasted);
  const submit = () => {
    if (clipId === null || label === null || role === null) return;
    make.mutate({ clip_id: clipId, label, role, source: source.trim() }, { onSuccess: () => onDone("The clip is gold now.") });
  };
  const canSubmit = clipId !== null && label !== null && role !== null && source.trim() !== "";
  return (
    <GoldDialog title="Make a clip gold" action="Make it gold" canSubmit={canSubmit} isPending={make.isPending} error={make.error} onSubmit={submit} onClose={onClose}>
      <TextInput
        label="The clip’s id"
        description="From its page: the id, or the whole address. Nobody may have voted on it."
        value={pasted}
        error={pasted.trim() !== "" && clipId === null ? "This is no clip’s id. Copy it from the address of the clip’s page." : null}
        onChange={(event) => setPasted(event.currentTarget.value)}
        data-autofocus
      />
      <LabelChoice value={label} onChange={setLabel} />
      <RoleChoice value={role} onChange={setRole} />
      <SourceField value={source} onChange={setSource} />
    </GoldDialog>
  );
}

/** Have the worker draw gold. */
export function DrawDialog({ onClose, onDone }: AddDialogProps): ReactElement {
  const [count, setCount] = useState("20");
  const [role, setRole] = useState<GoldRole | null>("serve");
  const draw = useDrawGold();
  const wanted = Number(count);
  const isCount = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_DRAWN;
  const submit = () => {
    if (role === null) return;
    draw.mutate({ count: wanted, role }, { onSuccess: () => onDone("The worker draws the clips; the page shows how far it is.") });
  };
  return (
    <GoldDialog title="Draw gold" action="Draw them" canSubmit={isCount && role !== null} isPending={draw.isPending} error={draw.error} onSubmit={submit} onClose={onClose}>
      <p className={styles.quiet}>
        Drawn people, half of them manipulated. Good for a first day: reviewers see that they are drawn, so replace them by filmed clips of known truth as soon as you can.
      </p>
      <TextInput
        label="How many clips"
        description="Each takes some seconds to a minute"
        inputMode="numeric"
        value={count}
        error={isCount ? null : `A whole number from 1 to ${MOST_DRAWN}`}
        onChange={(event) => setCount(event.currentTarget.value.trim())}
        data-autofocus
      />
      <RoleChoice value={role} onChange={setRole} />
    </GoldDialog>
  );
}

/** Turn blind decisions into gold. */
export function DecisionsDialog({ onClose, onDone }: AddDialogProps): ReactElement {
  const [role, setRole] = useState<GoldRole | null>("calibrate");
  const promote = usePromoteDecisions();
  const submit = () => {
    if (role === null) return;
    promote.mutate(role, { onSuccess: ({ promoted, refused }) => onDone(promotionWords(promoted, refused)) });
  };
  return (
    <GoldDialog title="Gold from decisions" action="Make them gold" canSubmit={role !== null} isPending={promote.isPending} error={promote.error} onSubmit={submit} onClose={onClose}>
      <p className={styles.quiet}>
        Takes every decision of a moderator that says fake or real, as it was sealed before any detector’s figure was shown, and is not gold yet.
      </p>
      <RoleChoice value={role} onChange={setRole} />
    </GoldDialog>
  );
}
