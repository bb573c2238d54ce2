import { OUTCOME_WORDS } from "@/lib/ladder";
import type { Basis, DatasetFilters, MediaKind, Outcome } from "@/lib/models";

export const OUTCOMES: Outcome[] = ["manipulated", "no_manipulation_found", "inconclusive", "authentic"];
export const BASES: Basis[] = ["evidence", "cap", "adjudication"];
export const MEDIA: MediaKind[] = ["video", "image"];

export const BASIS_WORDS: Record<Basis, string> = {
  evidence: "the votes sufficed",
  cap: "most votes reached",
  adjudication: "a moderator decided",
};

/** The filters without those that ask nothing, in one order: two that mean the same are then equal as text. */
export function tidy(filters: DatasetFilters): DatasetFilters {
  const kept = Object.entries(filters).filter(
    ([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  // A licence that must not be there is a wish, unlike every other "no".
  if (filters.has_licence === false) kept.push(["has_licence", false]);
  const sorted = kept.map(([name, value]) => [name, Array.isArray(value) ? value.toSorted((a, b) => String(a).localeCompare(String(b))) : value] as const);
  return Object.fromEntries(sorted.sort(([a], [b]) => a.localeCompare(b)));
}

export function isSame(a: DatasetFilters, b: DatasetFilters): boolean {
  return JSON.stringify(tidy(a)) === JSON.stringify(tidy(b));
}

/** `entry` in or out of a list. */
export function toggled<T>(list: readonly T[] | null | undefined, entry: T, isIn: boolean): T[] {
  const others = (list ?? []).filter((other) => other !== entry);
  return isIn ? [...others, entry] : others;
}

/** What was typed as a number; empty, and what is none, ask nothing. */
export function numberOf(text: string): number | null {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Account numbers that were typed with anything between them; what is no number asks nothing. */
export function accountsOf(text: string): number[] {
  const numbers = text.split(/[^0-9]+/).filter((part) => part !== "" && part.length < 16);
  return [...new Set(numbers.map(Number))].sort((a, b) => a - b);
}

/** A day of the reader's own calendar (YYYY-MM-DD) as the moment it begins there; null for no day. */
export function dayStart(day: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const start = new Date(`${day}T00:00:00`);
  return Number.isNaN(start.getTime()) ? null : start.toISOString();
}

/** The day, for a date field, on which a moment lies where the reader is. */
export function dayOf(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return "";
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** What is wrong with filters that contradict themselves; null for those that can be asked. */
export function contradiction(filters: DatasetFilters): string | null {
  const { p_people_min: low, p_people_max: high } = filters;
  if ([low, high].some((value) => value !== null && value !== undefined && (value < 0 || value > 1))) {
    return "A probability lies between 0 and 1.";
  }
  if ((low ?? 0) > (high ?? 1)) return "The lower end of the probability lies above the upper end.";
  for (const [since, until] of [
    [filters.uploaded_since, filters.uploaded_until],
    [filters.retired_since, filters.retired_until],
  ]) {
    if (since && until && Date.parse(since) >= Date.parse(until)) return "A time span ends before it begins.";
  }
  return null;
}

/** The filters as short phrases, for a line under a snapshot. */
export function describe(filters: DatasetFilters): string[] {
  const words: string[] = [];
  if (filters.outcomes?.length) words.push(filters.outcomes.map((outcome) => OUTCOME_WORDS[outcome].toLowerCase()).join(" or "));
  if (filters.bases?.length) words.push(`because ${filters.bases.map((basis) => BASIS_WORDS[basis]).join(" or ")}`);
  if (typeof filters.p_people_min === "number") words.push(`P by people from ${filters.p_people_min}`);
  if (typeof filters.p_people_max === "number") words.push(`P by people to ${filters.p_people_max}`);
  if (filters.kinds?.length) words.push(filters.kinds.map((kind) => kind.replaceAll("_", " ")).join(" or "));
  if (filters.min_votes) words.push(`${filters.min_votes} votes or more`);
  if (filters.min_effective_votes) words.push(`${filters.min_effective_votes} effective votes or more`);
  if (filters.media?.length === 1) words.push(`${filters.media[0] ?? ""}s only`);
  for (const list of [filters.containers, filters.codecs, filters.licences, filters.sources]) {
    if (list?.length) words.push(list.join(" or "));
  }
  if (typeof filters.has_licence === "boolean") words.push(filters.has_licence ? "with a licence" : "without a licence");
  for (const [name, moment] of [
    ["uploaded since", filters.uploaded_since],
    ["uploaded before", filters.uploaded_until],
    ["closed since", filters.retired_since],
    ["closed before", filters.retired_until],
  ] as const) {
    if (moment) words.push(`${name} ${dayOf(moment)}`);
  }
  if (filters.without_reviewers?.length) words.push(`without the votes of ${filters.without_reviewers.length === 1 ? "one account" : `${filters.without_reviewers.length} accounts`}`);
  if (filters.include_simulated) words.push("simulated clips and votes too");
  return words;
}
