import { count, percent } from "@/lib/format";
import type { ReviewerRecord } from "@/lib/models";

type Skill = ReviewerRecord["skill"];

/** Gold answers from which on somebody's reliability counts in full, and how many of each truth. */
const GOLD_NEEDED = 5;

function unknownWords(gold: number): string {
  const rule = `It takes ${GOLD_NEEDED} clips of known truth, two fakes and two real ones at least; they come among the others, unannounced.`;
  const until = "Until then your votes count for little, in either direction.";
  if (gold < GOLD_NEEDED) return `${rule} ${until}`;
  return `You have answered enough of them, but not yet two of each kind. ${until}`;
}

function chanceWords(low: number, high: number): string {
  if (low > 0.5) return "That is better than guessing, doubt included.";
  return high < 0.5 ? "That is worse than guessing: look at the closed clips below again." : "So far that cannot be told from guessing.";
}

/** A reviewer's skill in words. Before there is enough gold there is no figure, only how much is there. */
export function skillWords(skill: Skill): { headline: string; explanation: string } {
  const { value, low, high, gold_answers: gold, anchored } = skill;
  const gained = count(gold, "gold answer");
  if (!anchored) return { headline: `Not yet known: ${gained} so far`, explanation: unknownWords(gold) };
  const headline = `Right about ${Math.round(value * 100)} times in 100`;
  if (skill.synthetic_only || low === null || high === null) {
    return { headline: `${headline} on drawn clips`, explanation: `All of your ${gained} were on clips drawn by this installation. They say little about filmed ones, so no range is given yet.` };
  }
  return {
    headline,
    explanation: `With ${gained} it could be anything from ${percent(low)} to ${percent(high)}. ${chanceWords(low, high)}`,
  };
}
