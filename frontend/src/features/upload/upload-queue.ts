import type { Clip } from "@/lib/models";

/** One file on its way. */
export interface UploadItem {
  key: string;
  file: File;
  status: "waiting" | "sending" | "sent" | "failed" | "cancelled";
  /** Share sent, 0 to 1. */
  progress: number;
  clip: Clip | null;
  isKnown: boolean;
  problem: { code: string; detail: string; canRetry: boolean } | null;
}

export type UploadAction =
  | { type: "add"; items: { key: string; file: File }[] }
  | { type: "start" | "cancel" | "retry" | "remove"; key: string }
  | { type: "progress"; key: string; share: number }
  | { type: "sent"; key: string; clip: Clip; isKnown: boolean }
  | { type: "failed"; key: string; problem: NonNullable<UploadItem["problem"]> };

/** Two at a time: more only share the same line. */
export const PARALLEL = 2;

function fresh({ key, file }: { key: string; file: File }): UploadItem {
  return { key, file, status: "waiting", progress: 0, clip: null, isKnown: false, problem: null };
}

function changed(item: UploadItem, action: Exclude<UploadAction, { type: "add" }>): UploadItem {
  switch (action.type) {
    case "start":
      return { ...item, status: "sending" };
    case "progress":
      return item.status === "sending" ? { ...item, progress: Math.max(item.progress, Math.min(1, action.share)) } : item;
    case "sent":
      return { ...item, status: "sent", progress: 1, clip: action.clip, isKnown: action.isKnown };
    case "failed":
      return { ...item, status: "failed", problem: action.problem };
    case "cancel":
      return { ...item, status: "cancelled" };
    case "retry":
      return fresh(item);
    case "remove":
      return item;
  }
}

export function reduceUploads(items: UploadItem[], action: UploadAction): UploadItem[] {
  if (action.type === "add") return [...items, ...action.items.map(fresh)];
  if (action.type === "remove") return items.filter(({ key }) => key !== action.key);
  return items.map((item) => (item.key === action.key ? changed(item, action) : item));
}

/** The files to start now. */
export function nextUploads(items: UploadItem[]): UploadItem[] {
  const free = PARALLEL - items.filter(({ status }) => status === "sending").length;
  return items.filter(({ status }) => status === "waiting").slice(0, Math.max(0, free));
}
