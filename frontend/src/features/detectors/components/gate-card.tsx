import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import type { GateSet } from "@/lib/models";
import { gateWords } from "../gate-words";
import styles from "./detectors.module.css";

/** What the gate asks for, how large the gate set is and what is missing. */
export function GateCard({ gate }: { gate: GateSet }): ReactElement {
  const isSmall = gate.missing_manipulated > 0 || gate.missing_authentic > 0;
  return (
    <Card title="The promotion gate">
      <p className={styles.quiet}>A candidate takes the place of the version in force only if, on clips of known truth that nobody votes on or trains on, it is</p>
      <ul className={styles.rule}>
        <li>better: the whole interval of the difference in AUC lies above 0;</li>
        <li>no worse by more than .03 on any part of the set that is large enough;</li>
        <li>no quicker to raise a false alarm, where it finds as many fakes.</li>
      </ul>
      <Notice tone={isSmall ? "warn" : "info"} {...(isSmall ? { title: "The gate set is too small to decide" } : {})}>
        <p>
          {gateWords(gate)}
          {isSmall ? " Only an admin can promote a version meanwhile, with a reason that is kept." : ""}
        </p>
      </Notice>
      {gate.comparisons > gate.many_comparisons ? (
        <Notice tone="warn" title={`${gate.comparisons} comparisons were made on this set`}>
          <p>After so many looks a candidate may pass by luck. Add fresh gate items.</p>
        </Notice>
      ) : null}
    </Card>
  );
}
