import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { OpenInvitation, User } from "@/lib/models";
import { useAccept } from "../api/invitation";
import styles from "./account.module.css";
import { errorOf, isOfFields } from "./field-errors";

interface AcceptFormProps {
  token: string;
  invitation: OpenInvitation;
  onAccepted: (user: User) => void;
}

/** Name and password of a new account, or a new password of an old one. */
export function AcceptForm({ token, invitation, onAccepted }: AcceptFormProps): ReactElement {
  const accept = useAccept();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const isNew = invitation.purpose === "account";
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = { token, email: invitation.email === null ? email.trim() : null, display_name: isNew ? name : null, password };
    accept.mutate(form, { onSuccess: ({ user }) => onAccepted(user) });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={isNew ? "Make your account" : "Set your password"}>
      {accept.error === null || isOfFields(accept.error) ? null : (
        <Notice tone="danger" title="That did not work" live="alert">
          <p>{explain(accept.error)}</p>
        </Notice>
      )}
      {invitation.email === null ? (
        <TextInput
          label="E-mail"
          description="You sign in with it. No mail is sent to it."
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          size="md"
          value={email}
          error={errorOf(accept.error, "email")}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      ) : (
        <TextInput label="E-mail" type="email" autoComplete="username" size="md" value={invitation.email} readOnly error={errorOf(accept.error, "email")} />
      )}
      {isNew ? (
        <TextInput
          label="Your name"
          description="Moderators and admins see it; other reviewers do not."
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={80}
          size="md"
          value={name}
          error={errorOf(accept.error, "display_name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : null}
      <PasswordInput
        label={isNew ? "Password" : "New password"}
        description="12 characters or more; several words do well."
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={12}
        size="md"
        value={password}
        error={errorOf(accept.error, "password")}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="md" loading={accept.isPending}>
        {isNew ? "Make my account" : "Set my password"}
      </Button>
    </form>
  );
}
