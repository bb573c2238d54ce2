import type { ReactElement } from "react";
import { Link } from "react-router";
import { AnswerBadge } from "@/components/clip/badges";
import { dateAndTime, percent } from "@/lib/format";
import type { GoldItem } from "@/lib/models";
import { ORIGIN_WORDS, ROLE_WORDS } from "../gold-words";
import styles from "./gold.module.css";

const COLUMNS = ["Clip", "Truth", "Role", "Vouched for by", "Served", "Answered rightly"];

function rightly({ role, answered, answered_right: right }: GoldItem): string {
  if (role !== "serve" && answered === 0) return "never served";
  return answered === 0 ? "no answer yet" : `${right} of ${answered} (${percent(right / answered)})`;
}

function Row({ item }: { item: GoldItem }): ReactElement {
  const cells: [string, ReactElement | string][] = [
    ["Truth", <AnswerBadge key="label" label={item.label} />],
    ["Role", ROLE_WORDS[item.role].name],
    ["Vouched for by", `${item.source} (${ORIGIN_WORDS[item.origin]})`],
    ["Served", item.served.toLocaleString("en")],
    ["Answered rightly", rightly(item)],
  ];
  return (
    <tr role="row">
      <th scope="row" role="rowheader" className={styles.clip}>
        <Link to={`/clips/${item.clip_id}`} className={styles.link}>
          {item.name}
        </Link>
        <span className={styles.when}>
          since <time dateTime={item.made_at}>{dateAndTime(item.made_at)}</time>
          {item.state === "failed" ? ", unusable" : ""}
        </span>
      </th>
      {cells.map(([name, cell]) => (
        <td key={name} role="cell" data-name={name}>
          {cell}
        </td>
      ))}
    </tr>
  );
}

/** Gold clips and how they were answered. On a phone each row is a card. */
export function GoldTable({ items }: { items: readonly GoldItem[] }): ReactElement {
  return (
    <table className={styles.table} role="table" aria-label="Gold">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {items.map((item) => (
          <Row key={item.clip_id} item={item} />
        ))}
      </tbody>
    </table>
  );
}
