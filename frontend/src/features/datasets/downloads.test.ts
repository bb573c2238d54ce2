import { expect, it } from "vitest";
import { downloadsOf } from "./downloads";

it("lists data before what is said about it, and media last", () => {
  const file = (format: string) => ({ format, sha256: "x", size_bytes: 7 });
  const found = downloadsOf({ id: "s", files: ["card", "parquet", "csv", "manifest", "jsonl"].map(file) });
  expect(found.map(({ label }) => label)).toEqual(["CSV", "JSONL", "Parquet", "Manifest", "Data card", "With media"]);
  expect(found.map(({ href }) => href)).toEqual([
    "/api/v1/snapshots/s/export?format=csv",
    "/api/v1/snapshots/s/export?format=jsonl",
    "/api/v1/snapshots/s/export?format=parquet",
    "/api/v1/snapshots/s/manifest",
    "/api/v1/snapshots/s/card",
    "/api/v1/snapshots/s/export?format=jsonl&media=1",
  ]);
  expect(found.map(({ sizeBytes }) => sizeBytes)).toEqual([7, 7, 7, 7, 7, null]);
});
