import type { Calibration } from "@/lib/models";

type Kind = Calibration["kinds"][number];

const ratio = (value: number) => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));

/** What a score of this kind of clip is worth, in a sentence. */
export function worthWords(row: Kind, wanted: number): string {
  if (row.line === null) {
    return `Only ${row.manipulated} manipulated and ${row.authentic} authentic clips were answered; ${wanted} of each are needed. Scores stay uncalibrated.`;
  }
  if (row.line.slope === 0 || (row.line.lowest === 1 && row.line.highest === 1)) {
    return "Measured, and found to say nothing: these scores move no posterior.";
  }
  const most = `at most ${ratio(row.line.highest)} times as likely on manipulated clips as on authentic ones, or ${ratio(1 / row.line.lowest)} times the other way round`;
  return `A score is ${most}.${row.line.slope < 0 ? " This detector ranks in reverse here." : ""}`;
}

type Condition = Kind["conditions"][number];

/** Whether lines by a condition are used, and what they gain, in a sentence. */
export function conditionWords({ condition, is_used, gain, gain_sd, bands }: Condition): string {
  const gained = `Cllr ${gain >= 0 ? "lower" : "higher"} by ${Math.abs(gain).toFixed(3)} (standard error ${gain_sd.toFixed(3)})`;
  const used = is_used ? "used" : "not used: one line for all does as well, or the gain is not certain";
  return `A line for each ${condition.replace("_", " ")} (${bands.map((each) => each.band).join(", ")}): ${gained}; ${used}.`;
}

/** How much gold there is to calibrate on, in a sentence. */
export function goldWords({ gold, wanted_of_each }: Calibration): string {
  if (gold.length === 0) {
    return `There is no gold to calibrate on. Add at least ${wanted_of_each} clips of each label with the role “calibrate”.`;
  }
  const parts = gold.map((row) => `${row.manipulated} manipulated and ${row.authentic} authentic (${row.kind})`);
  return `Gold at hand: ${parts.join("; ")}. At least ${wanted_of_each} of each are needed, for each kind of clip.`;
}
