import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { useChangePassword } from "../api/invitation";
import styles from "./account.module.css";
import { errorOf, isOfFields } from "./field-errors";

/** One's own password. Every other session of the account ends with it. */
export function PasswordForm({ email }: { email: string }): ReactElement {
  const change = useChangePassword();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const clear = () => {
      setCurrent("");
      setPassword("");
    };
    change.mutate({ current_password: current, password }, { onSuccess: clear });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label="Change my password">
      <input type="hidden" autoComplete="username" value={email} readOnly />
      {change.isSuccess ? (
        <Notice tone="good" title="Your password is changed" live="status">
          <p>Everywhere else you are signed out.</p>
        </Notice>
      ) : null}
      {change.error === null || isOfFields(change.error) ? null : (
        <Notice tone="danger" title="Your password stays as it was" live="alert">
          <p>{explain(change.error)}</p>
        </Notice>
      )}
      <PasswordInput
        label="Your password now"
        autoComplete="current-password"
        required
        withAsterisk={false}
        size="md"
        value={current}
        error={errorOf(change.error, "current_password")}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description="12 characters or more; several words do well."
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={12}
        size="md"
        value={password}
        error={errorOf(change.error, "password")}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="md" loading={change.isPending}>
        Change my password
      </Button>
    </form>
  );
}
