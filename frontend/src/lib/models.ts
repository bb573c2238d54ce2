/**
 * The nouns of the HTTP interface, named once. Everything else imports them from here, so that a change
 * in the generated types is met in one place.
 */
import type { components } from "./api-types";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Label = Schemas["Label"];
export type ResponseLabel = Schemas["ResponseLabel"];
export type Kind = Schemas["Kind"];
export type MediaKind = Schemas["MediaKind"];
export type ClipState = Schemas["ClipState"];
export type Outcome = Schemas["Outcome"];
export type User = Schemas["User"];
export type Session = Schemas["Session"];
export type Vocabulary = Schemas["Vocabulary"];
export type VocabularyItem = Schemas["VocabularyItem"];
export type ThumbnailStrip = Schemas["ThumbnailStrip"];
export type Lease = Schemas["Lease"];
export type LeaseClip = Schemas["LeaseClip"];
export type SegmentIn = Schemas["SegmentIn"];
export type Region = Schemas["Region"];
export type VoteIn = Schemas["VoteIn"];
export type Vote = Schemas["Vote"];
export type SkipIn = Schemas["SkipIn"];
export type ReviewerRecord = Schemas["ReviewerRecord"];
export type PastVote = Schemas["PastVote"];
export type Clip = Schemas["Clip"];
export type ClipPage = Schemas["ClipPage"];
/** The generated client gives pairs as lists; `calibrated` is always false today, and is meant to change. */
export type Consensus = Omit<Schemas["Consensus"], "interval" | "calibrated"> & { interval: number[] | null; calibrated: boolean };
export type HistoryPoint = Schemas["HistoryPoint"];
export type Score = Schemas["Score"];
export type ClipVote = Schemas["ClipVote"];
export type Basis = Schemas["Basis"];
export type DatasetFilters = Schemas["DatasetFilters"];
export type DatasetCounts = Schemas["DatasetCounts"];
export type Dataset = Schemas["Dataset"];
export type ListedDataset = Schemas["ListedDataset"];
export type SampleRow = Schemas["SampleRow"];
export type SnapshotSummary = Schemas["Snapshot"];
export type SnapshotDifference = Schemas["SnapshotDifference"];
export type LabelsSummary = Schemas["LabelsSummary"];
export type PublicStats = Schemas["PublicStats"];
/** The generated client gives pairs as lists. */
type Interval = { interval: number[] | null };
export type PublishedClip = Omit<Schemas["PublishedClip"], "interval"> & Interval;
export type PublishedClips = { items: PublishedClip[]; next_cursor: string | null };
export type PublicClip = Omit<Schemas["PublicClip"], "interval"> & Interval;
export type GoldRole = Schemas["GoldRole"];
export type GoldPage = Schemas["GoldPage"];
export type GoldItem = Schemas["GoldItem"];
export type GoldCount = Schemas["GoldCount"];
export type GoldNeeds = Schemas["GoldNeeds"];
export type GoldIn = Schemas["GoldIn"];
export type GoldPromotion = Schemas["GoldPromotion"];
export type ReliabilityVersion = Schemas["ReliabilityVersion"];
export type ReliabilityVersions = Schemas["ReliabilityVersions"];
export type FieldError = Schemas["FieldError"];
export type UserEntry = Schemas["UserEntry"];
export type Invitation = Schemas["Invitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type OpenInvitation = Schemas["OpenInvitation"];
export type Policy = Schemas["Policy"];
export type PolicyField = Schemas["PolicyField"];
export type PolicyPreview = Schemas["PolicyPreview"];
export type Job = Schemas["Job"];
export type ListedJob = Schemas["ListedJob"];
export type Operations = Schemas["Operations"];
export type Administration = Schemas["Administration"];
export type AuditEvent = Schemas["AuditEvent"];
export type UserEntries = Schemas["UserEntries"];
export type InvitationPage = Schemas["InvitationPage"];
export type PolicyPage = Schemas["PolicyPage"];
export type JobPage = Schemas["JobPage"];
export type AuditEvents = Schemas["AuditEvents"];
