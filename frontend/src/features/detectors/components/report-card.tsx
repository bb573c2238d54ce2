import { Table } from "@mantine/core";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { count, dateAndTime, percent } from "@/lib/format";
import type { ComparisonReport } from "@/lib/models";
import { aucWords, OUTCOME_TITLES, rateWords } from "../gate-words";
import styles from "./detectors.module.css";
import { RocChart } from "./roc-chart";

const TONES = { passed: "good", refused: "warn", too_few_items: "warn" } as const;

function Figures({ report }: { report: ComparisonReport }): ReactElement {
  const rows = [
    { name: `In force then: ${report.incumbent_version}`, side: report.incumbent },
    { name: "This version", side: report.candidate },
  ];
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Both versions’ figures">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Version</Table.Th>
            <Table.Th>AUC (95 % interval)</Table.Th>
            <Table.Th>Answered</Table.Th>
            <Table.Th>Fakes found at .5</Table.Th>
            <Table.Th>False alarms at .5</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, side }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{aucWords(side.auc, side.low, side.high)}</Table.Td>
              <Table.Td>{percent(side.coverage)}</Table.Td>
              <Table.Td>{rateWords(side.true_rate)}</Table.Td>
              <Table.Td>{rateWords(side.false_rate)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Slices({ report }: { report: ComparisonReport }): ReactElement {
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Parts of the gate set">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Part</Table.Th>
            <Table.Th>Fake / real</Table.Th>
            <Table.Th>{report.incumbent_version}</Table.Th>
            <Table.Th>This version</Table.Th>
            <Table.Th>Counts</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.slices.map((slice) => (
            <Table.Tr key={slice.name}>
              <Table.Td>
                {slice.name}
                {slice.against === "itself" ? "" : ` (against ${slice.against})`}
              </Table.Td>
              <Table.Td>
                {slice.manipulated} / {slice.authentic}
              </Table.Td>
              <Table.Td>{aucWords(slice.incumbent, null, null)}</Table.Td>
              <Table.Td>{aucWords(slice.candidate, null, null)}</Table.Td>
              <Table.Td>{slice.is_counted ? "yes" : "no, too few"}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Flips({ report }: { report: ComparisonReport }): ReactElement {
  const gains = report.flips.filter((flip) => flip.is_gain).length;
  if (report.flips.length === 0) return <p className={styles.quiet}>On no item do the two stand on different sides of .5.</p>;
  return (
    <details>
      <summary>
        {count(report.flips.length, "item")} on which the two stand on different sides of .5: {gains} now right, {report.flips.length - gains} now wrong
      </summary>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Items that flipped">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Gate item</Table.Th>
              <Table.Th>Truth</Table.Th>
              <Table.Th>{report.incumbent_version}</Table.Th>
              <Table.Th>This version</Table.Th>
              <Table.Th>Now</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.flips.map((flip) => (
              <Table.Tr key={flip.clip_id}>
                <Table.Td>
                  <Link to={`/clips/${flip.clip_id}`}>{flip.name}</Link>
                </Table.Td>
                <Table.Td>{flip.label}</Table.Td>
                <Table.Td>{percent(flip.incumbent)}</Table.Td>
                <Table.Td>{percent(flip.candidate)}</Table.Td>
                <Table.Td>{flip.is_gain ? "right" : "wrong"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </details>
  );
}

/** The comparison on gate gold: what the gate says and why, both curves, parts of the set, items that flipped. */
export function ReportCard({ report }: { report: ComparisonReport }): ReactElement {
  return (
    <>
      <Card title="What the gate says">
        <Notice tone={TONES[report.outcome]} title={OUTCOME_TITLES[report.outcome]}>
          <p>
            Compared with {report.incumbent_version} on {report.manipulated} manipulated and {report.authentic} authentic gate items in {count(report.groups, "group")},{" "}
            {dateAndTime(report.created_at)}. It was comparison {report.number} on this set.
          </p>
          {report.is_outdated ? <p>Another version has come into force since: compare again.</p> : null}
          {report.is_worn ? <p>So many comparisons were made on this set that a candidate may pass by luck.</p> : null}
        </Notice>
        <ul className={styles.checks}>
          {report.checks.map((check) => (
            <li key={check.name} className={styles.check}>
              <Icon name={check.holds ? "check" : "cross"} label={check.holds ? "holds" : "does not hold"} />
              <span>{check.sentence}</span>
            </li>
          ))}
        </ul>
      </Card>
      <Card title="The figures">
        <div className={styles.columns}>
          <RocChart report={report} />
          <div className={styles.stack}>
            <Figures report={report} />
            <Slices report={report} />
            <Flips report={report} />
          </div>
        </div>
      </Card>
    </>
  );
}
