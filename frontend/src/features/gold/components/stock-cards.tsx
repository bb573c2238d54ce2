import type { ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { ANSWERS } from "@/lib/answers";
import { percent } from "@/lib/format";
import type { GoldCount, GoldNeeds, GoldRole } from "@/lib/models";
import { GOLD_ROLES, needOf, ROLE_WORDS, stockOf } from "../gold-words";
import styles from "./gold.module.css";

interface StockProps {
  counts: readonly GoldCount[];
  needs: GoldNeeds;
}

function RoleCard({ role, counts, needs }: StockProps & { role: GoldRole }): ReactElement {
  const { name, purpose } = ROLE_WORDS[role];
  const stock = stockOf(role, counts);
  const need = needOf(role, stock, needs);
  return (
    <Card title={name}>
      <p className={styles.purpose}>{purpose}</p>
      <dl className={styles.counts}>
        {(["authentic", "manipulated"] as const).map((label) => (
          <div key={label}>
            <dt>{ANSWERS[label].word.toLowerCase()}</dt>
            <dd>{stock[label].toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      <progress className={styles.meter} value={need.met} max={1} aria-label={`${name}: ${percent(need.met)} of what is needed`} />
      <p className={styles.quiet}>
        Needed: {need.words}.{need.met >= 1 ? " Reached." : ""}
      </p>
      {stock.total > 0 && stock.synthetic === stock.total ? (
        <p className={styles.quiet}>All of it is drawn: what it shows holds for drawn clips, and no range is quoted from it.</p>
      ) : null}
    </Card>
  );
}

/** How much gold of each role there is, against what is needed. */
export function StockCards(props: StockProps): ReactElement {
  return (
    <div className={styles.roles}>
      {GOLD_ROLES.map((role) => (
        <RoleCard key={role} role={role} {...props} />
      ))}
    </div>
  );
}
