import type { SnapshotSummary } from "@/lib/models";

export interface Download {
  label: string;
  href: string;
  /** Bytes of the stored file; null where it is made on the way. */
  sizeBytes: number | null;
  hint: string;
}

const HINTS: Record<string, string> = {
  csv: "for spreadsheets and pandas",
  jsonl: "one object a line",
  parquet: "typed, votes as lists",
  manifest: "hashes, columns, limits",
  card: "one page to read first",
};
const LABELS: Record<string, string> = { csv: "CSV", jsonl: "JSONL", parquet: "Parquet", manifest: "Manifest", card: "Data card" };
const ORDER = ["csv", "jsonl", "parquet", "manifest", "card"];

function addressOf(snapshotId: string, format: string): string {
  const base = `/api/v1/snapshots/${snapshotId}`;
  return format === "manifest" || format === "card" ? `${base}/${format}` : `${base}/export?format=${format}`;
}

/** Everything a frozen snapshot can be downloaded as, data first. */
export function downloadsOf(snapshot: Pick<SnapshotSummary, "id" | "files">): Download[] {
  const files = ORDER.flatMap((format) => snapshot.files.filter((file) => file.format === format));
  const stored = files.map(({ format, size_bytes }) => ({
    label: LABELS[format] ?? format,
    href: addressOf(snapshot.id, format),
    sizeBytes: size_bytes,
    hint: HINTS[format] ?? "",
  }));
  return [
    ...stored,
    {
      label: "With media",
      href: `/api/v1/snapshots/${snapshot.id}/export?format=jsonl&media=1`,
      sizeBytes: null,
      hint: "a tar with those originals whose licence is open and whose uploader agreed",
    },
  ];
}
