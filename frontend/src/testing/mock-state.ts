import { randomUUID } from "node:crypto";
import { verdictWords } from "../lib/ladder.ts";
import type {
  Clip, ClipState, Consensus, HistoryPoint, LabelsSummary, Lease, Outcome, PastVote, PublicClip, PublicStats,
  ReviewerRecord, Role, User, Vocabulary, Vote,
} from "@/lib/models";
import { mockVocabulary } from "./mock-vocabulary.ts";

/** One drawn clip, as make_media.py describes it in catalogue.json. */
export interface MockMedia {
  name: string;
  kind: "video" | "image";
  width: number;
  height: number;
  frames: number;
  duration_s: number | null;
  has_audio: boolean;
  times_s: number[];
  thumbnails: { count: number; columns: number; width: number; height: number; times_s: number[] } | null;
}

const LEASE_S = 900;
const HOUR_MS = 3_600_000;
const isoAgo = (ms: number) => new Date(Date.now() - ms).toISOString();

interface Row {
  clip: Clip;
  media: MockMedia;
  p: number;
}

/** Everything the mock server remembers. */
export class MockState {
  user: User | null = null;
  readonly vocabulary: Vocabulary = mockVocabulary;
  private readonly rows: Row[];
  private readonly history: PastVote[] = [];
  private lease: Lease | null = null;
  private leaseMedia = new Map<string, MockMedia>();
  private served = 0;

  constructor(private readonly media: MockMedia[]) {
    const states: [ClipState, Outcome | null, number][] = [
      ["open", null, 0.62], ["retired", "manipulated", 0.972], ["retired", "no_manipulation_found", 0.041],
      ["retired", "inconclusive", 0.55], ["closing", null, 0.91], ["processing", null, 0.5], ["failed", null, 0.5],
      ["open", null, 0.34], ["retired", "manipulated", 0.991],
    ];
    this.rows = states.map(([state, outcome, p], index) => this.makeRow(state, outcome, p, index));
  }

  private makeRow(state: ClipState, outcome: Outcome | null, p: number, index: number): Row {
    const media = this.media[index % this.media.length];
    if (media === undefined) throw new Error("The catalogue is empty: run make_media.py.");
    const id = `${String(index + 1).padStart(8, "a3f9c012")}-0000-4000-8000-00000000000${index}`;
    const shown = state !== "processing" && state !== "failed";
    const clip: Clip = {
      id, state, steps: { probed: true, preview: shown, thumbnails: shown, scored: shown && index % 2 === 0 },
      failure: state === "failed" ? { code: "cannot_decode", detail: "The file stops in the middle of a frame." } : null,
      kind: media.kind, duration_s: media.duration_s, width: media.width, height: media.height, frames: media.frames,
      fps: media.kind === "video" ? 25 : null, has_audio: media.has_audio, size_bytes: 2_480_000 + index * 91_000,
      sha256: "9f2c".repeat(16), original_name: `${media.name}-${index}.${media.kind === "video" ? "mp4" : "jpg"}`,
      source: index % 2 === 0 ? "Drawn for the demonstration" : null, licence: index % 2 === 0 ? "CC0-1.0" : null,
      uploaded_at: isoAgo(index * 7 * HOUR_MS + 900_000), is_mine: index % 3 === 0, simulated: index % 2 === 1,
      has_near_duplicates: index === 1,
      media_url: shown ? `/api/v1/clips/${id}/media/preview` : null,
      poster_url: shown ? `/api/v1/clips/${id}/media/poster` : null,
      outcome, retired_at: outcome === null ? null : isoAgo(index * HOUR_MS),
      retirement_reason: outcome === null ? null : outcome === "inconclusive" ? "cap" : "evidence", may_see_consensus: outcome !== null,
      importance: 1, dispute_id: null,
    };
    return { clip, media, p };
  }

  signIn(email: string): User | null {
    const name = email.split("@")[0] ?? "";
    const roles: Record<string, Role[]> = {
      reviewer: ["reviewer"], moderator: ["moderator", "reviewer"], curator: ["curator"], admin: ["admin"],
    };
    const mine = roles[name];
    if (mine === undefined) return null;
    this.user = { id: 1, email, display_name: `Demo ${name}`, roles: mine, is_simulated: true };
    return this.user;
  }

  takeLease(): Lease | null {
    if (this.lease !== null) return this.lease;
    const media = this.media[this.served % this.media.length];
    if (media === undefined || this.served >= 60) return null;
    this.served += 1;
    const id = randomUUID();
    this.leaseMedia.set(id, media);
    const url = (part: string) => `/api/v1/leases/${id}/${part}`;
    const { kind, duration_s, width, height, frames, has_audio, thumbnails } = media;
    this.lease = {
      id, expires_at: new Date(Date.now() + LEASE_S * 1000).toISOString(), server_time: new Date().toISOString(),
      clip: {
        id, kind, duration_s, width, height, frames, has_audio, thumbnails, media_url: url("preview"), poster_url: url("poster"),
        thumbnails_url: thumbnails === null ? null : url("thumbnails"), frame_index_url: url("frames"),
      },
    };
    return this.lease;
  }

  renew(): Lease | null {
    if (this.lease === null) return null;
    this.lease = { ...this.lease, expires_at: new Date(Date.now() + LEASE_S * 1000).toISOString(), server_time: new Date().toISOString() };
    return this.lease;
  }

  vote(leaseId: string, body: Record<string, unknown>): Vote | null {
    if (this.lease?.id !== leaseId) return null;
    const times = this.leaseMedia.get(leaseId)?.times_s ?? [];
    const sent = body as unknown as Vote;
    const vote: Vote = {
      ...sent, lean: sent.lean ?? null, id: 100 + this.history.length, cast_at: new Date().toISOString(),
      segments: sent.segments.map((s) => ({ ...s, start_s: times[s.start_frame] ?? 0, end_s: times[s.end_frame] ?? 0 })),
    };
    this.history.unshift({ clip_id: null, label: vote.label, confidence: vote.confidence, cast_at: vote.cast_at, clip_state: "open", outcome: null, gold: null });
    this.lease = null;
    return vote;
  }

  skip(): void {
    this.lease = null;
  }

  mediaOfLease(id: string): MockMedia | null {
    return this.leaseMedia.get(id) ?? null;
  }

  mediaOfClip(id: string): MockMedia | null {
    return this.rows.find((row) => row.clip.id === id)?.media ?? null;
  }

  record(): ReviewerRecord {
    const old: PastVote[] = this.rows.filter(({ clip }) => clip.outcome !== null).map(({ clip }, index) => ({
      clip_id: clip.id, label: index % 2 === 0 ? "manipulated" : "authentic", confidence: 0.8, cast_at: isoAgo((index + 3) * HOUR_MS),
      clip_state: clip.state, outcome: clip.outcome, gold: index === 1 ? { label: "manipulated", right: false } : null,
    }));
    return {
      votes_total: old.length + this.history.length + 37, votes_today: this.history.length + 3,
      skill: { value: 0.71, low: 0.58, high: 0.82, gold_answers: 14, anchored: true, synthetic_only: false }, history: [...this.history, ...old],
    };
  }

  listClips(query: URLSearchParams): { items: Clip[]; next_cursor: string | null } {
    const all = this.user?.roles.some((role) => role !== "reviewer") === true;
    const items = this.rows.map((row) => row.clip)
      .filter((clip) => all || clip.is_mine || clip.state === "retired")
      .filter((clip) => query.get("state") === null || clip.state === query.get("state"))
      .filter((clip) => query.get("mine") === null || clip.is_mine);
    const start = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 20);
    return { items: items.slice(start, start + limit), next_cursor: start + limit < items.length ? String(start + limit) : null };
  }

  clip(id: string): Clip | null {
    const row = this.rows.find(({ clip }) => clip.id === id);
    if (row === undefined) return null;
    const { steps, state } = row.clip;
    if (state === "processing") row.clip = { ...row.clip, ...nextStep(steps, row.clip.id) };
    return { ...row.clip, may_see_consensus: row.clip.state === "retired" || this.user?.roles.some((role) => role !== "reviewer") === true };
  }

  upload(): Clip {
    const row = this.makeRow("processing", null, 0.5, this.rows.length);
    row.clip = { ...row.clip, id: randomUUID(), is_mine: true, uploaded_at: new Date().toISOString(), steps: { probed: false, preview: false, thumbnails: false, scored: false } };
    this.rows.unshift(row);
    return row.clip;
  }

  consensus(id: string): Consensus | null {
    const row = this.rows.find(({ clip }) => clip.id === id);
    const all = this.user?.roles.some((role) => role !== "reviewer") === true;
    if (row === undefined || (!all && row.clip.state !== "retired")) return null;
    return makeConsensus(row.clip, row.p);
  }

  publicClip(id: string): PublicClip | null {
    const row = this.rows.find(({ clip }) => clip.id === id);
    if (row?.clip.outcome == null || row.clip.retired_at === null || row.clip.kind === null) return null;
    const { outcome, retired_at, kind, duration_s, simulated } = row.clip;
    const words = verdictWords({ state: "retired", outcome, pManipulated: row.p, interval: [row.p * 0.9, 1], nVotes: 7, calibrated: false });
    return {
      id, outcome, retired_at, kind, duration_s, simulated, p_manipulated: row.p, interval: [row.p * 0.9, Math.min(1, row.p * 1.02)], n_votes: 7, n_effective: 5.2,
      headline: words.headline, explanation: words.explanation, sha256: "ab".repeat(32), policy_version: 1, detectors: { asked: 1, counted: 1 },
      answers: { manipulated: 5, authentic: 1, unsure: 1, simulated: 7 }, kinds: [{ kind: "face_swap", people: 5 }],
      marks: [{ start_frame: 30, end_frame: 60, start_s: 1.2, end_s: 2.4, people: 4, certainty: 0.87 }],
      verdicts: [{ sequence: 1, outcome, reason: "evidence", at: retired_at }], limits: ["This is not proof."],
    };
  }

  publicStats(): PublicStats {
    return { clips_open: 38, clips_retired: 214, votes: 1873, reviewers: 46, simulated_share: 0.64, outcomes: { manipulated: 96, no_manipulation_found: 71, inconclusive: 47 } };
  }

  labelsSummary(): LabelsSummary {
    return { clips_retired: 214, votes: 1873, by_outcome: { manipulated: 96, no_manipulation_found: 71, inconclusive: 47 } };
  }
}

function nextStep(steps: Clip["steps"], id: string): Partial<Clip> {
  if (!steps.probed) return { steps: { ...steps, probed: true } };
  if (!steps.preview) return { steps: { ...steps, preview: true }, media_url: `/api/v1/clips/${id}/media/preview` };
  if (!steps.thumbnails) return { steps: { ...steps, thumbnails: true }, poster_url: `/api/v1/clips/${id}/media/poster` };
  return { steps: { ...steps, scored: true }, state: "open" };
}

function makeMarks(clip: Clip): Pick<Consensus, "segments" | "regions" | "kinds" | "cues"> {
  const segments = [
    { start_frame: 32, end_frame: 66, start_s: 1.28, end_s: 2.64, people: 4, certainty: 0.91 },
    { start_frame: 84, end_frame: 96, start_s: 3.36, end_s: 3.84, people: 2, certainty: 0.62 },
  ];
  return {
    segments: clip.kind === "video" ? segments : [],
    regions: [{ frame: clip.kind === "video" ? 40 : 0, x: 0.36, y: 0.18, width: 0.2, height: 0.34, people: 3, certainty: 0.83 }],
    kinds: { face_swap: 0.93, lip_sync: 0.71, face_reenactment: 0.06, voice: 0.03, generated_scene: 0.01, splice: 0.01, speed: 0.01, overlay: 0.01, context: 0.01, other: 0.01 },
    cues: { face_boundary: 0.88, lip_sound: 0.64, eyes: 0.09 },
  };
}

function makeConsensus(clip: Clip, p: number): Consensus {
  const labels = ["manipulated", "manipulated", "authentic", "unsure", "manipulated", "authentic", "manipulated"] as const;
  const history: HistoryPoint[] = labels.map((_, index) => {
    const value = 0.5 + (p - 0.5) * (1 - Math.exp(-(index + 1) / 2.4)) + (index % 3 === 1 ? -0.05 : 0.02);
    const width = 0.3 / Math.sqrt(index + 1);
    const clamp = (x: number) => Math.min(0.99, Math.max(0.01, x));
    return { at: isoAgo((9 - index) * HOUR_MS), n_votes: index + 1, p_manipulated: clamp(value), p_manipulated_people: clamp(0.5 + (value - 0.5) * 0.7), low: clamp(value - width), high: clamp(value + width) };
  });
  return {
    state: clip.state, p_manipulated: p, p_manipulated_people: 0.5 + (p - 0.5) * 0.75, interval: [Math.max(0.01, p - 0.11), Math.min(0.995, p + 0.08)],
    n_votes: 7, n_effective: 5.2, version: 7, basis: "votes and detectors", policy_version: "1", calibrated: false, history, scores_withheld: false,
    ...makeMarks(clip),
    scores: [
      { detector: "faces-small", version: "1.0.0", current: true, p_manipulated: 0.5 + (p - 0.5) * 0.6, in_domain: true, calibrated: false, abstention: null, error: null, frames_used: 32, faces: 1, findings: [] },
      { detector: "frequency-residual", version: "1.0.0", current: true, p_manipulated: null, in_domain: false, calibrated: false, abstention: "no_face", error: null, frames_used: 32, faces: 0, findings: [] },
      { detector: "whole-picture", version: "untrained-1", current: true, p_manipulated: null, in_domain: false, calibrated: false, abstention: "untrained_kind", error: null, frames_used: 0, faces: 0, findings: [] },
    ],
    verdict: clip.outcome === null ? null : { outcome: clip.outcome, reason: clip.retirement_reason ?? "evidence", at: clip.retired_at ?? isoAgo(0) },
    votes: labels.map((label, index) => ({
      reviewer: `reviewer-${String.fromCharCode(97 + index)}${index + 3}`, label, confidence: label === "unsure" ? null : 0.6 + (index % 4) * 0.1,
      kinds: label === "manipulated" ? ["face_swap", "lip_sync"] : [], cast_at: isoAgo((9 - index) * HOUR_MS), simulated: index % 2 === 0,
      segments: label === "manipulated" && clip.kind === "video" ? [{ start_frame: 20 + index * 5, end_frame: 60 + index * 5, start_s: 0.8 + index * 0.2, end_s: 2.4 + index * 0.2 }] : [],
      rationale: index === 0 ? "The mouth lags behind the sound, and the jaw line flickers when the head turns." : "",
    })),
  };
}
