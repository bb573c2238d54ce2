import { count } from "@/lib/format";
import type { PublicClip } from "@/lib/models";

/** Who looked at a clip and what they answered, in plain sentences. */
export function whoLooked({ answers, detectors, n_votes: votes, n_effective: effective }: Pick<PublicClip, "answers" | "detectors" | "n_votes" | "n_effective">): string[] {
  const told = [
    `${count(votes, "person", "people")} looked, each without knowing what the others said: ${answers.manipulated} said fake, ${answers.authentic} real, ${answers.unsure} could not tell.`,
  ];
  if (votes > 0) told.push(`By what each has proved on clips of known truth, their votes are worth ${effective.toFixed(1)} independent ones.`);
  if (answers.simulated > 0) told.push(`${answers.simulated === votes ? "All" : answers.simulated} of these answers come from programs, for demonstration.`);
  if (detectors !== null) told.push(detectorWords(detectors.asked, detectors.counted));
  return told;
}

function detectorWords(asked: number, counted: number): string {
  if (asked === 0) return "No detector was asked.";
  if (counted === 0) return `${count(asked, "detector")} ${asked === 1 ? "was" : "were"} asked and had no answer that counts: such a clip is outside what ${asked === 1 ? "it was" : "they were"} made for.`;
  return `${counted} of ${count(asked, "detector")} had an answer that counted. A detector never overrules the people.`;
}
