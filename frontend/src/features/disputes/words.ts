import type { IconName } from "@/components/ui/icon";
import type { Conflict, Outcome, ShownReason } from "@/lib/models";

interface ReasonWords {
  word: string;
  icon: IconName;
  hint: string;
}

/** Why a clip is disputed, in words for moderators. */
export const REASONS: Record<ShownReason, ReasonWords> = {
  strong_clash: { word: "Strong votes clash", icon: "scale", hint: "Reviewers who have proved themselves stand on both sides" },
  detector_clash: { word: "People against a detector", icon: "people", hint: "People and a calibrated detector stand clearly on opposite sides" },
  guard: { word: "Weights turn the count", icon: "warn", hint: "Weighing votes by reliability and plainly counting them are far apart" },
  valuable_cap: { word: "Undecided and important", icon: "clock", hint: "It ended at its cap, and was among the day\u2019s most valuable" },
  audit: { word: "Random check", icon: "check", hint: "Drawn at random from the clips that closed undisputed" },
  appeal: { word: "Appeal", icon: "undo", hint: "Somebody gave grounds against the verdict" },
  refit: { word: "New weights disagree", icon: "warn", hint: "What is now known of its reviewers would give another outcome than the one published" },
  blind_check: { word: "Blind check", icon: "lock", hint: "Why it was chosen is told once you have sealed your provisional verdict" },
};

/** The ladder of verdicts in the order of the keys 1 to 4. */
export const LADDER: Outcome[] = ["manipulated", "no_manipulation_found", "inconclusive", "authentic"];

export const VERDICT_HINTS: Record<Outcome, string> = {
  manipulated: "Made or altered so that it shows or says what did not happen",
  no_manipulation_found: "You looked well and found nothing",
  inconclusive: "What there is does not settle it",
  authentic: "You know where it comes from, and that holds",
};

/** What keeps a moderator from judging, and what to do instead. */
export const CONFLICTS: Record<Conflict, { word: string; sentence: string }> = {
  lease_open: { word: "you hold this clip", sentence: "You hold this clip for review. Vote or skip first." },
  own_upload: { word: "your upload", sentence: "You brought in this clip or a near-duplicate, so another moderator judges it. You may read along." },
  voted_on_group: { word: "you voted on it", sentence: "You voted on this clip or a near-duplicate, so another moderator judges it. You may read along." },
  own_appeal: { word: "your appeal", sentence: "You appealed against this verdict, so another moderator judges the case. You may read along." },
  case_seen: { word: "seen before", sentence: "You know this case from an earlier round. An appeal needs a moderator who has not seen it." },
};
