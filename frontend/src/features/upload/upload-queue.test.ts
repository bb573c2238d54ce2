import { describe, expect, it } from "vitest";
import type { Clip } from "@/lib/models";
import { nextUploads, reduceUploads } from "./upload-queue";
import type { UploadAction } from "./upload-queue";

const file = new File(["x"], "a.mp4");
const add: UploadAction = { type: "add", items: ["a", "b", "c"].map((key) => ({ key, file })) };
const run = (...actions: UploadAction[]) => actions.reduce(reduceUploads, []);
const keys = (items: { key: string }[]) => items.map(({ key }) => key);

describe("the upload queue", () => {
  it("sends two files at a time, in the order they came", () => {
    expect(keys(nextUploads(run(add)))).toEqual(["a", "b"]);
    expect(keys(nextUploads(run(add, { type: "start", key: "a" })))).toEqual(["b"]);
    expect(nextUploads(run(add, { type: "start", key: "a" }, { type: "start", key: "b" }))).toEqual([]);
  });
  it("goes on with the next file when one is done, failed or cancelled", () => {
    const started: UploadAction[] = [add, { type: "start", key: "a" }, { type: "start", key: "b" }];
    const problem = { code: "truncated", detail: "", canRetry: false };
    expect(keys(nextUploads(run(...started, { type: "failed", key: "a", problem })))).toEqual(["c"]);
    expect(keys(nextUploads(run(...started, { type: "cancel", key: "b" })))).toEqual(["c"]);
    expect(keys(nextUploads(run(...started, { type: "sent", key: "b", clip: {} as Clip, isKnown: false })))).toEqual(["c"]);
  });
  it("never lets progress run backwards or past the end", () => {
    const [item] = run(add, { type: "start", key: "a" }, { type: "progress", key: "a", share: 0.6 }, { type: "progress", key: "a", share: 0.4 });
    expect(item?.progress).toBe(0.6);
    expect(run(add, { type: "start", key: "a" }, { type: "progress", key: "a", share: 7 })[0]?.progress).toBe(1);
  });
  it("starts over on a retry and forgets what is removed", () => {
    const failed: UploadAction = { type: "failed", key: "a", problem: { code: "network", detail: "", canRetry: true } };
    expect(run(add, { type: "start", key: "a" }, failed, { type: "retry", key: "a" })[0]).toMatchObject({ status: "waiting", progress: 0, problem: null });
    expect(keys(run(add, { type: "remove", key: "b" }))).toEqual(["a", "c"]);
  });
});
