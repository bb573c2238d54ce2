import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { ReactElement, SubmitEvent } from "react";
import { Notice } from "@/components/ui/notice";
import { ApiError, explain, hasCode } from "@/lib/api-error";
import type { User } from "@/lib/models";
import { useSignIn } from "../api/sign-in";
import styles from "./sign-in-form.module.css";

interface SignInFormProps {
  onSignedIn: (user: User) => void;
}

/** Seconds left to wait, counting down from `seconds` whenever `key` changes. */
function useWait(seconds: number, key: number): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const until = Date.now() + seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = window.setInterval(tick, 500);
    return () => window.clearInterval(timer);
  }, [seconds, key]);
  return left;
}

function words(error: unknown, waitS: number): { title: string; text: string } {
  if (hasCode(error, "bad_credentials")) {
    return { title: "That did not match", text: "The e-mail address or the password is wrong. Check both and try again." };
  }
  if (hasCode(error, "too_many_attempts")) {
    const text = waitS > 0 ? `Try again in ${waitS} s. This slows down people who guess passwords.` : "You can try again now.";
    return { title: "Too many attempts", text };
  }
  if (error instanceof ApiError && error.fieldErrors.length > 0) {
    return { title: "Please check", text: error.fieldErrors.map(({ message }) => message).join(" ") };
  }
  return { title: "Signing in did not work", text: explain(error) };
}

export function SignInForm({ onSignedIn }: SignInFormProps): ReactElement {
  const signIn = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const passwordRef = useRef<HTMLInputElement>(null);
  const retryAfter = signIn.error instanceof ApiError ? (signIn.error.retryAfterS ?? 0) : 0;
  const waitS = useWait(retryAfter, signIn.submittedAt);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(
      { email: email.trim(), password },
      { onSuccess: ({ user }) => onSignedIn(user), onError: () => passwordRef.current?.select() },
    );
  };

  const problem = signIn.error === null ? null : words(signIn.error, waitS);
  return (
    <form className={styles.form} onSubmit={submit} aria-label="Sign in">
      {problem === null ? null : (
        <Notice tone="danger" title={problem.title} live="alert">
          <p>{problem.text}</p>
        </Notice>
      )}
      <TextInput
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        inputMode="email"
        required
        withAsterisk={false}
        autoFocus
        size="md"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        ref={passwordRef}
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        size="md"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="md" loading={signIn.isPending} disabled={waitS > 0}>
        {waitS > 0 ? `Wait ${waitS} s` : "Sign in"}
      </Button>
    </form>
  );
}
