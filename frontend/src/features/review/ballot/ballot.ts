import type { Kind, Label, Region, ResponseLabel, SegmentIn, VoteIn } from "@/lib/models";

/** An answer while it is being made: everything may still be missing. */
export interface Ballot {
  label: ResponseLabel | null;
  /** 0.5 (a guess) to 1 (certain); null until chosen. */
  confidence: number | null;
  /** Which side an unsure answer leans to. */
  lean: Label | null;
  kinds: Kind[];
  segments: SegmentIn[];
  regions: Region[];
  cues: string[];
  rationale: string;
  /** "Nothing to point at": stands in for ranges and boxes. Never sent. */
  isOverall: boolean;
}

export const EMPTY_BALLOT: Ballot = {
  label: null, confidence: null, lean: null, kinds: [], segments: [], regions: [], cues: [], rationale: "", isOverall: false,
};

export const MAX_RATIONALE = 2000;
export const MAX_SEGMENTS = 50;
export const MAX_REGIONS = 200;
const FIRST_CONFIDENCE = 0.75;
const CONFIDENCE_STEP = 0.05;

export type BallotEdit =
  | { type: "label"; label: ResponseLabel }
  | { type: "confidence"; confidence: number }
  | { type: "nudge_confidence"; direction: 1 | -1 }
  | { type: "lean"; lean: Label | null }
  | { type: "toggle_kind"; kind: Kind }
  | { type: "toggle_cue"; cue: string }
  | { type: "add_segment"; segment: SegmentIn }
  | { type: "change_segment"; index: number; segment: SegmentIn }
  | { type: "remove_segment"; index: number }
  | { type: "add_region"; region: Region }
  | { type: "remove_region"; index: number }
  | { type: "rationale"; rationale: string }
  | { type: "overall"; isOverall: boolean };

function toggle<T>(list: T[], item: T): T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

function without<T>(list: T[], index: number): T[] {
  return list.filter((_, place) => place !== index);
}

function roundConfidence(value: number): number {
  return Math.round(Math.min(1, Math.max(0.5, value)) * 100) / 100;
}

function nudged(ballot: Ballot, direction: 1 | -1): Ballot {
  if (ballot.label === "unsure" && ballot.lean === null) return ballot;
  const confidence = ballot.confidence === null ? FIRST_CONFIDENCE : roundConfidence(ballot.confidence + direction * CONFIDENCE_STEP);
  return { ...ballot, confidence };
}

function byStart(a: SegmentIn, b: SegmentIn): number {
  return a.start_frame - b.start_frame || a.end_frame - b.end_frame;
}

/** The ballot after an edit; the very same object when the edit changes nothing. */
export function applyEdit(ballot: Ballot, edit: BallotEdit): Ballot {
  switch (edit.type) {
    case "label":
      return ballot.label === edit.label ? ballot : { ...ballot, label: edit.label };
    case "confidence":
      return ballot.confidence === roundConfidence(edit.confidence) ? ballot : { ...ballot, confidence: roundConfidence(edit.confidence) };
    case "nudge_confidence":
      return nudged(ballot, edit.direction);
    case "lean":
      return ballot.lean === edit.lean ? ballot : { ...ballot, lean: edit.lean };
    case "toggle_kind":
      return { ...ballot, kinds: toggle(ballot.kinds, edit.kind) };
    case "toggle_cue":
      return { ...ballot, cues: toggle(ballot.cues, edit.cue) };
    case "add_segment":
      if (ballot.segments.length >= MAX_SEGMENTS) return ballot;
      return { ...ballot, segments: [...ballot.segments, edit.segment].sort(byStart), isOverall: false };
    case "change_segment":
      return { ...ballot, segments: ballot.segments.map((old, index) => (index === edit.index ? edit.segment : old)) };
    case "remove_segment":
      return { ...ballot, segments: without(ballot.segments, edit.index) };
    case "add_region":
      if (ballot.regions.length >= MAX_REGIONS) return ballot;
      return { ...ballot, regions: [...ballot.regions, edit.region], isOverall: false };
    case "remove_region":
      return { ...ballot, regions: without(ballot.regions, edit.index) };
    case "rationale":
      return ballot.rationale === edit.rationale ? ballot : { ...ballot, rationale: edit.rationale };
    case "overall":
      return ballot.isOverall === edit.isOverall ? ballot : { ...ballot, isOverall: edit.isOverall };
  }
}

/** Whether kinds of manipulation may be named: only with a vote for, or a lean to, manipulated. */
export function mayNameKinds({ label, lean }: Pick<Ballot, "label" | "lean">): boolean {
  return label === "manipulated" || (label === "unsure" && lean === "manipulated");
}

export type BallotField = "label" | "confidence" | "where" | "rationale";

export interface BallotProblem {
  field: BallotField;
  message: string;
}

function segmentProblem({ start_frame, end_frame }: SegmentIn, lastFrame: number): string | null {
  if (!Number.isInteger(start_frame) || !Number.isInteger(end_frame)) return "A range needs whole frame numbers.";
  if (start_frame > end_frame) return "A range ends before it begins.";
  return start_frame < 0 || end_frame > lastFrame ? `Ranges must lie within frames 0 to ${lastFrame}.` : null;
}

/** What still keeps the ballot from being sealed, in the order of the card's steps. */
export function ballotProblems(ballot: Ballot, lastFrame: number): BallotProblem[] {
  const problems: BallotProblem[] = [];
  const { label, confidence, lean, segments, regions } = ballot;
  if (label === null) problems.push({ field: "label", message: "Say what you see: fake, real, or can\u2019t tell." });
  const needsConfidence = label === "manipulated" || label === "authentic" || (label === "unsure" && lean !== null);
  if (needsConfidence && confidence === null) problems.push({ field: "confidence", message: "Say how sure you are." });
  if (label === "manipulated" && segments.length === 0 && regions.length === 0 && !ballot.isOverall) {
    problems.push({ field: "where", message: "Mark where you see it, or tick \u201Coverall impression\u201D." });
  }
  for (const segment of segments) {
    const message = segmentProblem(segment, lastFrame);
    if (message !== null) problems.push({ field: "where", message });
  }
  if (ballot.rationale.length > MAX_RATIONALE) problems.push({ field: "rationale", message: `Keep the sentence to ${MAX_RATIONALE} characters.` });
  return problems;
}

/**
 * The body that is sent. It is the same for the same answer each time, so that sending it twice is harmless.
 * Call it only when ballotProblems() is empty.
 */
export function toVoteIn(ballot: Ballot): VoteIn {
  const { label } = ballot;
  if (label === null) throw new Error("A ballot without a label cannot be sealed.");
  const lean = label === "unsure" ? ballot.lean : null;
  return {
    label,
    confidence: label === "unsure" && lean === null ? null : ballot.confidence,
    lean,
    kinds: mayNameKinds(ballot) ? [...ballot.kinds].sort() : [],
    segments: [...ballot.segments].sort(byStart),
    regions: ballot.regions,
    cues: [...ballot.cues].sort(),
    rationale: ballot.rationale.trim(),
  };
}

export function isUntouched(ballot: Ballot): boolean {
  return JSON.stringify(ballot) === JSON.stringify(EMPTY_BALLOT);
}
