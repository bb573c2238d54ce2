import { percent } from "./format";
import type { LikenessState, NearDuplicate } from "./models";

export const LIKENESS_STATES: Record<LikenessState, { word: string; hint: string }> = {
  linked: { word: "linked by the program", hint: "So much alike that nobody votes on both. A person can still say that they differ." },
  suggested: { word: "perhaps the same", hint: "Found by the program; nobody has looked yet. Nothing follows from it." },
  confirmed: { word: "confirmed copies", hint: "A person says that these show the same. Nobody votes on both." },
  rejected: { word: "not the same", hint: "A person says that these are different clips." },
};

/** Median distance in bits of 256 over the frames that match, in a word. Different clips lie above 31. */
export function distanceWord(bits: number): string {
  if (bits <= 4) return "nearly the same picture";
  if (bits <= 16) return "the same picture, encoded or sized anew";
  if (bits <= 24) return "the same picture, somewhat changed";
  return "a similar picture";
}

/** What two clips have in common, in a sentence. */
export function likenessSentence({ distance, share, share_other: other, mirrored }: Pick<NearDuplicate, "distance" | "share" | "share_other" | "mirrored">): string {
  const parts = share === 1 && other === 1 ? "all of both" : `${percent(share)} of this one, ${percent(other)} of the other`;
  const words = distanceWord(distance);
  return `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}${mirrored ? ", mirrored" : ""}: ${parts} (${distance} of 256 bits apart).`;
}
