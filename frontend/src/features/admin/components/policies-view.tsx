import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { dateAndTime } from "@/lib/format";
import type { Policy, PolicyField } from "@/lib/models";
import { policiesQuery } from "../api/policies";
import { changesOf, valueWords } from "../policy-words";
import { AdminTable } from "./admin-table";
import styles from "./admin.module.css";
import { PolicyForm } from "./policy-form";
import { QueryState, ShowMore } from "./query-state";

function InForce({ fields, policy, onChange }: { fields: PolicyField[]; policy: Policy; onChange: (() => void) | null }): ReactElement {
  return (
    <Card title={`In force: version ${policy.version}`}>
      <div className={styles.form}>
        <dl className={styles.values}>
          {fields.map((field) => (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>{valueWords(field, policy.values[field.name] ?? 0)}</dd>
            </div>
          ))}
        </dl>
        {onChange === null ? null : (
          <div className={styles.buttons}>
            <Button onClick={onChange}>Change</Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function VersionRow({ fields, policy, before }: { fields: PolicyField[]; policy: Policy; before: Policy | undefined }): ReactElement {
  const changes = changesOf(fields, policy, before);
  return (
    <tr role="row">
      <td role="cell" className={styles.number}>
        Version {policy.version}
      </td>
      <td role="cell" className={styles.wide}>
        {dateAndTime(policy.created_at)}
        {policy.created_by === null ? "" : `, ${policy.created_by}`}
      </td>
      <td role="cell" className={styles.wide}>
        {changes.length === 0 ? "What the installation began with" : changes.map((change) => <div key={change}>{change}</div>)}
      </td>
      <td role="cell" className={styles.wide}>
        {policy.reason ?? "\u2013"}
      </td>
    </tr>
  );
}

/** The thresholds in force, their history, and the way to change them. */
export function PoliciesView(): ReactElement {
  const policies = useInfiniteQuery(policiesQuery);
  const [isChanging, setChanging] = useState(false);
  const first = policies.data?.pages[0];
  const items = policies.data?.pages.flatMap((page) => page.items) ?? [];
  const inForce = items[0];
  if (first === undefined || inForce === undefined) return <QueryState query={policies} what="policies" />;
  return (
    <>
      <InForce fields={first.fields} policy={inForce} onChange={isChanging ? null : () => setChanging(true)} />
      {isChanging ? <PolicyForm key={inForce.version} fields={first.fields} inForce={inForce} onDone={() => setChanging(false)} /> : null}
      <Card title="Every version">
        <AdminTable label="Versions of the policy" columns={["Version", "When and who", "What changed", "Why"]}>
          {items.map((policy, index) => (
            <VersionRow key={policy.version} fields={first.fields} policy={policy} before={items[index + 1]} />
          ))}
        </AdminTable>
        <div className={styles.more}>
          <p className={styles.quiet}>No version is ever changed or deleted; every verdict names the one it was decided under.</p>
          <ShowMore query={policies} />
        </div>
      </Card>
    </>
  );
}
