import type { Tone } from "@/components/ui/badge";
import type { IconName } from "@/components/ui/icon";
import { count, dateAndTime } from "@/lib/format";
import type { Drift } from "@/lib/models";

type Report = NonNullable<Drift["report"]>;
type Measure = Report["measures"][number];
type Windows = Report["clips"];

export const MEASURE_TITLES: Record<Measure["name"], string> = {
  scores: "Scores",
  disagreement: "Disagreement with people",
  abstention: "No score",
  new_sources: "New sources",
  new_conditions: "New conditions",
};

export const DRIFT_STATES: Record<Report["state"], { word: string; icon: IconName; tone: Tone }> = {
  steady: { word: "steady", icon: "check", tone: "accent" },
  alert: { word: "drifted", icon: "warn", tone: "danger" },
  too_few: { word: "too little data", icon: "clock", tone: "neutral" },
};

const BASES: Record<Windows["basis"], string> = {
  calibration: "before its newest calibration",
  in_force: "before it came into force",
  first: "that it met first",
};

/** What an alert asks for, by what has moved; nothing where nothing has. */
export function adviceWords(report: Report): string | null {
  const moved = report.measures.filter((measure) => measure.state === "alert").map((measure) => measure.name);
  if (moved.length === 0) return null;
  if (moved.includes("disagreement")) {
    return "Look at clips on which it and people differ. If it is the detector that errs, add gold like them and calibrate again, or take the version back.";
  }
  return "The clips that come in are no longer like those it was measured on. Add gold from them and calibrate again: until then, its figures speak of the clips from before.";
}

/** Which clips were compared with which. */
export function windowWords({ basis, reference, recent }: Windows, what: string): string {
  if (recent.count === 0 && reference.count === 0) return `There are no ${what} yet.`;
  if (recent.count === 0) return `No ${what} after the ${count(reference.count, "clip")} ${BASES[basis]}.`;
  const since = recent.first_at === null ? "" : ` (since ${dateAndTime(recent.first_at)})`;
  return `The newest ${recent.count} ${what}${since} beside ${reference.count} ${BASES[basis]}.`;
}

/** How the looks before this one ended, in a sentence. */
export function historyWords(history: Drift["history"]): string {
  const alerts = history.filter((look) => look.state === "alert").length;
  if (history.length < 2) return "This was the first look.";
  return alerts === 0 ? `None of the last ${history.length} looks alerted.` : `${alerts} of the last ${history.length} looks alerted.`;
}
