import type { ClipState, Outcome } from "./models";

/** What the wording of a verdict rests on. */
export interface VerdictFacts {
  state: ClipState;
  outcome: Outcome | null;
  /** P(manipulated) and its 95 % interval. */
  pManipulated: number;
  interval: readonly [number, number];
  nVotes: number;
  /** Whether probabilities were checked against enough clips of known truth. */
  calibrated: boolean;
  /** Whether a moderator decided it, above what the votes gave. */
  isAdjudicated?: boolean;
}

export type Strength = "moderate" | "strong" | "very strong";

export interface VerdictWords {
  headline: string;
  explanation: string;
  tone: "manipulated" | "authentic" | "unsure" | "neutral";
}

/** Edges of the bands, read at the cautious end of the interval. */
const STRONG = 0.9;
const VERY_STRONG = 0.98;

/**
 * How strongly the evidence speaks for manipulation. The cautious end of the interval decides, and as long as
 * the probabilities are uncalibrated the word stops at "moderate", however high the figure.
 */
export function strengthOf(low: number, calibrated: boolean): Strength {
  if (!calibrated || low < STRONG) return "moderate";
  return low < VERY_STRONG ? "strong" : "very strong";
}

function people(nVotes: number): string {
  return nVotes === 1 ? "1 reviewer" : `${nVotes} reviewers`;
}

const OPEN_WORDS: Partial<Record<ClipState, string>> = {
  received: "The file has arrived and has not been looked at yet.",
  processing: "The file is being prepared; nobody has judged it yet.",
  closing: "There is enough evidence; the last reviewers who hold this clip may still finish.",
  failed: "The file could not be judged.",
};

/** A moderator's decision: it rests on its reasons, so no strength is read off the figures. */
function decidedWords(outcome: Outcome): VerdictWords {
  const tones = { manipulated: "manipulated", no_manipulation_found: "authentic", authentic: "authentic", inconclusive: "unsure" } as const;
  return {
    headline: `${OUTCOME_WORDS[outcome]}, by a moderator\u2019s decision`,
    explanation: "A moderator judged the case and gave reasons; they stand with the verdict.",
    tone: tones[outcome],
  };
}

/** The sentence of a verdict, from a fixed ladder, so that the same evidence always gets the same words. */
export function verdictWords(facts: VerdictFacts): VerdictWords {
  const { outcome, interval, nVotes, calibrated } = facts;
  if (facts.isAdjudicated === true && outcome !== null) return decidedWords(outcome);
  switch (outcome) {
    case "manipulated":
      return {
        headline: `Manipulated: ${strengthOf(interval[0], calibrated)} evidence`,
        explanation: calibrated
          ? "People and detectors together find that it was made or altered."
          : "People and detectors together find that it was made or altered. The figures are not yet calibrated on enough clips of known truth, so the wording stops at \u201Cmoderate\u201D.",
        tone: "manipulated",
      };
    case "no_manipulation_found":
      return {
        headline: `No manipulation found by ${people(nVotes)}`,
        explanation: "That is not the same as authentic: people share blind spots, and a good fake can pass them all.",
        tone: "authentic",
      };
    case "inconclusive":
      return {
        headline: "Inconclusive",
        explanation: `${people(nVotes)} looked, and the evidence points neither way clearly enough. That is a result too.`,
        tone: "unsure",
      };
    case "authentic":
      return {
        headline: "Authentic",
        explanation: "By trusted provenance or a moderator\u2019s reasoned decision, never by counting votes.",
        tone: "authentic",
      };
    case null:
      return {
        headline: "Still being judged",
        explanation: OPEN_WORDS[facts.state] ?? "Reviewers are still looking. What stands here can change with every vote.",
        tone: "neutral",
      };
  }
}

export const OUTCOME_WORDS: Record<Outcome, string> = {
  manipulated: "Manipulated",
  no_manipulation_found: "No manipulation found",
  inconclusive: "Inconclusive",
  authentic: "Authentic",
};

/** Name of an outcome that may come from a newer server. */
export function outcomeWord(outcome: string): string {
  return outcome in OUTCOME_WORDS ? OUTCOME_WORDS[outcome as Outcome] : outcome.replaceAll("_", " ");
}

/** The colour that goes with an outcome, beside its word. */
export const OUTCOME_TONES: Record<Outcome, VerdictWords["tone"]> = {
  manipulated: "manipulated",
  no_manipulation_found: "authentic",
  inconclusive: "unsure",
  authentic: "authentic",
};
