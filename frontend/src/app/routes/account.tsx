import type { ReactElement } from "react";
import { Card, Page } from "@/components/ui/page";
import { PasswordForm } from "@/features/account/components/password-form";
import { RequireUser } from "./require-user";
import styles from "./sign-in.module.css";

export function AccountRoute(): ReactElement {
  return (
    <RequireUser>
      {(user) => (
        <div className={styles.narrow}>
          <Page title="My password" lead={`Of the account ${user.email}.`}>
            <Card>
              <PasswordForm email={user.email} />
            </Card>
          </Page>
        </div>
      )}
    </RequireUser>
  );
}
