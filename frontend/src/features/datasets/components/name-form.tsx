import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Notice } from "@/components/ui/notice";
import { ApiError, explain } from "@/lib/api-error";
import styles from "./datasets.module.css";

const MAX_NAME = 120;
const MAX_DESCRIPTION = 4000;

interface NameFormProps {
  name?: string;
  description?: string;
  action: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (name: string, description: string) => void;
  onCancel: () => void;
}

/** A dataset's name and what it is for; used to make one and to change one. */
export function NameForm(props: NameFormProps): ReactElement {
  const [name, setName] = useState(props.name ?? "");
  const [description, setDescription] = useState(props.description ?? "");
  const { error } = props;
  const isTaken = error instanceof ApiError && error.code === "name_taken";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    props.onSubmit(name.trim(), description.trim());
  };
  return (
    <form onSubmit={submit} className={styles.nameForm}>
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={MAX_NAME}
        value={name}
        error={isTaken ? explain(error) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description (optional)"
        description="What it is for; it goes into the data card"
        rows={3}
        maxLength={MAX_DESCRIPTION}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {error === null || isTaken ? null : (
        <Notice tone="danger" live="alert">
          <p>{explain(error)}</p>
        </Notice>
      )}
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={props.isBusy} disabled={name.trim() === ""}>
          {props.action}
        </Button>
      </div>
    </form>
  );
}
