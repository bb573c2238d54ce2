import type { Clip } from "@/lib/models";

/** What a person said about the files of a batch; fixed when they press Upload. */
export interface Origin {
  source: string;
  licence: string;
  /** Whether the files themselves may be published with datasets. */
  mediaConsent: boolean;
}

/** Why a file was not taken, in words; `canRetry` where the same bytes may pass next time. */
export interface Refusal {
  title: string;
  detail: string;
  advice: string | null;
  canRetry: boolean;
  needsSignIn: boolean;
}

export type Phase = "ready" | "waiting" | "sending" | "stored" | "refused" | "cancelled";

export interface QueuedFile {
  id: number;
  file: File;
  phase: Phase;
  origin: Origin | null;
  sentBytes: number;
  /** The clip that the file became, or that was here already (`isNew` false). */
  stored: { clip: Clip; isNew: boolean } | null;
  refusal: Refusal | null;
}

export interface UploadQueue {
  files: QueuedFile[];
  nextId: number;
}

export type QueueAction =
  | { type: "add"; files: File[] }
  | { type: "upload"; origin: Origin }
  | { type: "send"; id: number }
  | { type: "progress"; id: number; sentBytes: number }
  | { type: "store"; id: number; clip: Clip; isNew: boolean }
  | { type: "refuse"; id: number; refusal: Refusal }
  | { type: "cancel"; id: number }
  | { type: "retry"; id: number; origin: Origin }
  | { type: "remove"; id: number };

export const EMPTY_QUEUE: UploadQueue = { files: [], nextId: 1 };

function isSameFile(a: File, b: File): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}

function add(queue: UploadQueue, files: File[]): UploadQueue {
  const known = [...queue.files];
  let { nextId } = queue;
  for (const file of files) {
    if (known.some((old) => isSameFile(old.file, file))) continue;
    known.push({ id: nextId, file, phase: "ready", origin: null, sentBytes: 0, stored: null, refusal: null });
    nextId += 1;
  }
  return { files: known, nextId };
}

/** Changes one file, and only from the phases in which the change makes sense: late answers are dropped. */
function change(queue: UploadQueue, id: number, from: Phase[], next: Partial<QueuedFile>): UploadQueue {
  const files = queue.files.map((entry) => (entry.id === id && from.includes(entry.phase) ? { ...entry, ...next } : entry));
  return { ...queue, files };
}

export function queueReducer(queue: UploadQueue, action: QueueAction): UploadQueue {
  switch (action.type) {
    case "add":
      return add(queue, action.files);
    case "upload":
      return { ...queue, files: queue.files.map((entry) => (entry.phase === "ready" ? { ...entry, phase: "waiting", origin: action.origin } : entry)) };
    case "send":
      return change(queue, action.id, ["waiting"], { phase: "sending", sentBytes: 0 });
    case "progress":
      return change(queue, action.id, ["sending"], { sentBytes: action.sentBytes });
    case "store":
      return change(queue, action.id, ["sending"], { phase: "stored", stored: { clip: action.clip, isNew: action.isNew } });
    case "refuse":
      return change(queue, action.id, ["sending"], { phase: "refused", refusal: action.refusal });
    case "cancel":
      return change(queue, action.id, ["waiting", "sending"], { phase: "cancelled", sentBytes: 0 });
    case "retry":
      return change(queue, action.id, ["refused", "cancelled"], { phase: "waiting", sentBytes: 0, refusal: null, origin: action.origin });
    case "remove":
      return { ...queue, files: queue.files.filter(({ id, phase }) => id !== action.id || phase === "sending") };
  }
}

/** The file whose turn it is: one is sent at a time, so that the first is done as early as can be. */
export function nextToSend(queue: UploadQueue): QueuedFile | null {
  if (queue.files.some(({ phase }) => phase === "sending")) return null;
  return queue.files.find(({ phase }) => phase === "waiting") ?? null;
}

export function countIn(queue: UploadQueue, ...phases: Phase[]): number {
  return queue.files.filter(({ phase }) => phases.includes(phase)).length;
}

/** Share of a file that has left this device, 0 to 1. The form around the file counts, too, so it is held at 1. */
export function sentShare({ file, sentBytes }: Pick<QueuedFile, "file" | "sentBytes">): number {
  return file.size === 0 ? 1 : Math.min(1, sentBytes / file.size);
}
