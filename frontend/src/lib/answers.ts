import type { IconName } from "@/components/ui/icon";
import type { ResponseLabel } from "./models";

interface AnswerWords {
  word: string;
  icon: IconName;
  tone: ResponseLabel;
  hint: string;
}

/** How the three answers are named and drawn everywhere: a word, a shape and a colour. */
export const ANSWERS: Record<ResponseLabel, AnswerWords> = {
  manipulated: { word: "Fake", icon: "warn", tone: "manipulated", hint: "Made or altered so that it shows what did not happen" },
  authentic: { word: "Real", icon: "check", tone: "authentic", hint: "As it left the camera, apart from harmless edits" },
  unsure: { word: "Can\u2019t tell", icon: "question", tone: "unsure", hint: "You looked and cannot say" },
};

/** A confidence in words: people read 50 % as "wrong half the time" only when told. */
export function confidenceWords(confidence: number): string {
  if (confidence < 0.55) return "a guess";
  if (confidence < 0.7) return "leaning";
  if (confidence < 0.85) return "fairly sure";
  return confidence < 0.97 ? "very sure" : "certain";
}
