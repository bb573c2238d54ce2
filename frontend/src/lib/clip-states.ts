import type { Tone } from "@/components/ui/badge";
import type { IconName } from "@/components/ui/icon";
import type { ClipState, Outcome } from "./models";

/** How the states of a clip are named and drawn. */
export const STATE_WORDS: Record<ClipState, { word: string; icon: IconName; tone: Tone; hint: string }> = {
  received: { word: "Received", icon: "clock", tone: "neutral", hint: "Stored, not looked at yet" },
  processing: { word: "Processing", icon: "clock", tone: "neutral", hint: "Preview, thumbnails and scores are being made" },
  open: { word: "Open", icon: "people", tone: "accent", hint: "In the queue: reviewers are judging it" },
  closing: { word: "Closing", icon: "people", tone: "accent", hint: "Evidence suffices; reviewers who hold it may finish" },
  retired: { word: "Closed", icon: "lock", tone: "neutral", hint: "Collects no more votes" },
  failed: { word: "Failed", icon: "warn", tone: "danger", hint: "The file cannot be judged" },
};

export const CLIP_STATES = Object.keys(STATE_WORDS) as ClipState[];

export const OUTCOME_BADGES: Record<Outcome, { icon: IconName; tone: Tone }> = {
  manipulated: { icon: "warn", tone: "manipulated" },
  no_manipulation_found: { icon: "check", tone: "authentic" },
  inconclusive: { icon: "question", tone: "unsure" },
  authentic: { icon: "seal", tone: "authentic" },
};
