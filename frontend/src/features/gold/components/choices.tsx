import { Radio } from "@mantine/core";
import type { ReactElement } from "react";
import { ANSWERS } from "@/lib/answers";
import type { GoldRole, Label } from "@/lib/models";
import { GOLD_ROLES, ROLE_WORDS } from "../gold-words";
import styles from "./gold.module.css";

const LABELS: readonly Label[] = ["authentic", "manipulated"];

interface ChoiceProps<Value> {
  value: Value | null;
  onChange: (value: Value) => void;
}

/** What is true of the clip. */
export function LabelChoice({ value, onChange }: ChoiceProps<Label>): ReactElement {
  return (
    <Radio.Group label="What is true of it?" value={value} onChange={(chosen) => onChange(chosen === "authentic" ? "authentic" : "manipulated")} className={styles.choice ?? ""}>
      {LABELS.map((label) => (
        <Radio key={label} size="md" value={label} label={ANSWERS[label].word} description={ANSWERS[label].hint} mt={8} />
      ))}
    </Radio.Group>
  );
}

/** What the gold is for; it cannot be changed later. */
export function RoleChoice({ value, onChange }: ChoiceProps<GoldRole>): ReactElement {
  const choose = (chosen: string) => {
    const role = GOLD_ROLES.find((known) => known === chosen);
    if (role !== undefined) onChange(role);
  };
  return (
    <Radio.Group label="What is it for? This is for life." value={value} onChange={choose} className={styles.choice ?? ""}>
      {GOLD_ROLES.map((role) => (
        <Radio key={role} size="md" value={role} label={ROLE_WORDS[role].name} description={ROLE_WORDS[role].purpose} mt={8} />
      ))}
    </Radio.Group>
  );
}
