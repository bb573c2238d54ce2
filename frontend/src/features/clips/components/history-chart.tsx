import { Table } from "@mantine/core";
import type { ReactElement } from "react";
import { dateAndTime, percent, percentRange } from "@/lib/format";
import type { HistoryPoint } from "@/lib/models";
import { useSize } from "@/player/use-size";
import { drawHistory, MARGIN } from "../history-scale";
import styles from "./history-chart.module.css";

const HEIGHT = 220;

function summary(points: HistoryPoint[]): string {
  const last = points.at(-1);
  if (last === undefined) return "No votes yet.";
  const { n_votes, p_manipulated: p, low, high } = last;
  const people = percent(last.p_manipulated_people);
  if (p === null || low === null || high === null) return `After ${n_votes} votes people alone say ${people}.`;
  return `After ${n_votes} votes the probability is ${percent(p)}, interval ${percentRange([low, high])}; people alone ${people}.`;
}

function range({ low, high }: HistoryPoint): string {
  return low === null || high === null ? "withheld" : percentRange([low, high]);
}

function HistoryTable({ points }: { points: HistoryPoint[] }): ReactElement {
  return (
    <details className={styles.details}>
      <summary>The same as a table</summary>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="History as a table">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Votes</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th>Together</Table.Th>
              <Table.Th>Interval</Table.Th>
              <Table.Th>People alone</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {points.map((point, index) => (
              <Table.Tr key={index}>
                <Table.Td>{point.n_votes}</Table.Td>
                <Table.Td>{dateAndTime(point.at)}</Table.Td>
                <Table.Td>{point.p_manipulated === null ? "withheld" : percent(point.p_manipulated)}</Table.Td>
                <Table.Td>{range(point)}</Table.Td>
                <Table.Td>{percent(point.p_manipulated_people)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </details>
  );
}

/** How the posterior moved, vote by vote, with its interval; drawn, and as a table. */
export function HistoryChart({ points }: { points: HistoryPoint[] }): ReactElement {
  const [ref, { width }] = useSize<HTMLDivElement>();
  const drawing = drawHistory(points, Math.max(260, width), HEIGHT);
  return (
    <div ref={ref}>
      <svg width="100%" height={HEIGHT} role="img" aria-label={summary(points)} className={styles.chart}>
        {drawing.yTicks.map(({ y, label }) => (
          <g key={label}>
            <line x1={MARGIN.left} x2={Math.max(260, width) - MARGIN.right} y1={y} y2={y} className={styles.grid} />
            <text x={MARGIN.left - 8} y={y + 4} textAnchor="end">
              {label}
            </text>
          </g>
        ))}
        {drawing.xTicks.map(({ x, label }) => (
          <text key={label} x={x} y={HEIGHT - 10} textAnchor="middle">
            {label === "0" ? "0 votes" : label}
          </text>
        ))}
        <path d={drawing.band} className={styles.band} />
        <path d={drawing.people} className={styles.people} />
        <path d={drawing.posterior} className={styles.posterior} />
        {drawing.dots.map(({ x, y }, index) => (
          <circle key={index} cx={x} cy={y} r={3.5} className={styles.dot} />
        ))}
      </svg>
      <p className={styles.key}>
        <span className={styles.keySolid}>together, with interval</span>
        <span className={styles.keyDashed}>people alone</span>
      </p>
      <HistoryTable points={points} />
    </div>
  );
}
