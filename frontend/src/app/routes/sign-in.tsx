import type { ReactElement } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { Notice } from "@/components/ui/notice";
import { Card, Page } from "@/components/ui/page";
import { SignInForm } from "@/features/session/components/sign-in-form";
import { homePathFor, safeNextPath } from "@/lib/roles";
import { useUser } from "@/lib/session";
import styles from "./sign-in.module.css";

export function SignInRoute(): ReactElement {
  const user = useUser();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const next = safeNextPath(query.get("next"));
  if (user !== null) return <Navigate to={next ?? homePathFor(user)} replace />;
  return (
    <div className={styles.narrow}>
      <Page title="Sign in" lead="With the account that your ClipJury installation gave you.">
        {query.get("ended") === null ? null : (
          <div className={styles.notice}>
            <Notice tone="warn" title="Your session has ended" live="status">
              <p>Sign in again to go on where you were. Drafts of answers are kept on this device.</p>
            </Notice>
          </div>
        )}
        <Card>
          <SignInForm onSignedIn={(signedIn) => void navigate(next ?? homePathFor(signedIn), { replace: true })} />
        </Card>
        <p className={styles.hint}>No account? Ask the people who run this installation: reviewers are invited.</p>
      </Page>
    </div>
  );
}
