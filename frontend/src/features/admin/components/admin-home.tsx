import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Icon } from "@/components/ui/icon";
import { Card } from "@/components/ui/page";
import { count } from "@/lib/format";
import type { Administration } from "@/lib/models";
import { ROLE_WORDS, ROLES } from "@/lib/roles";
import { administrationQuery } from "../api/administration";
import { concernWords, stepWords } from "../words";
import styles from "./admin.module.css";
import { QueryState } from "./query-state";

function Attention({ facts }: { facts: Administration }): ReactElement {
  return (
    <Card title="What needs you">
      {facts.attention.length === 0 ? (
        <p className={styles.quiet}>Nothing at the moment. Work gets on by itself.</p>
      ) : (
        <ul className={styles.concerns}>
          {facts.attention.map(({ code, urgency, count: number }) => {
            const { title, text, to, action } = concernWords(code, number);
            return (
              <li key={code}>
                <span data-urgency={urgency}>
                  <Icon name={urgency === "now" ? "warn" : "info"} label={urgency === "now" ? "Now" : "Soon"} />
                </span>
                <div>
                  <strong>{title}</strong>
                  <p>{text}</p>
                </div>
                <Link to={to} className={styles.action}>
                  {action}
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

function Checklist({ facts }: { facts: Administration }): ReactElement | null {
  if (facts.checklist.every(({ done }) => done)) return null;
  return (
    <Card title="First things on a new installation">
      <ol className={styles.steps}>
        {facts.checklist.map(({ code, done }) => {
          const { title, to, action } = stepWords(code);
          return (
            <li key={code} className={done ? styles.done : undefined}>
              <div className={styles.box} data-done={done}>
                {done ? <Icon name="check" size={16} label="Done:" /> : null}
              </div>
              <span>{title}</span>
              {done ? null : (
                <Link to={to} className={styles.action}>
                  {action}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function People({ facts }: { facts: Administration }): ReactElement {
  return (
    <Card title="Who works here">
      <dl className={styles.figures}>
        {ROLES.map((role) => (
          <div key={role}>
            <dt>{ROLE_WORDS[role].toLowerCase()}</dt>
            <dd>{(facts.people[role] ?? 0).toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.quiet}>
        {facts.simulated_users === 0 ? "" : `${count(facts.simulated_users, "simulated reviewer")} not counted. `}
        {facts.invitations_open === 0 ? "" : `${count(facts.invitations_open, "open invitation")}.`}
      </p>
    </Card>
  );
}

function Clips({ facts }: { facts: Administration }): ReactElement {
  return (
    <Card title="Clips">
      <dl className={styles.figures}>
        {[
          ["all", facts.clips],
          ["waiting for reviewers", facts.clips_waiting],
          ["closed", facts.clips_retired],
          ["of known truth", facts.gold],
        ].map(([words, number]) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>{number?.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** Where an admin begins: what needs them, and what a new installation still lacks. */
export function AdminHome(): ReactElement {
  const administration = useQuery({ ...administrationQuery, refetchInterval: 15_000 });
  const facts = administration.data;
  if (facts === undefined) return <QueryState query={administration} what="overview" />;
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        <Attention facts={facts} />
        <Checklist facts={facts} />
      </div>
      <div className={styles.stack}>
        <People facts={facts} />
        <Clips facts={facts} />
      </div>
    </div>
  );
}
