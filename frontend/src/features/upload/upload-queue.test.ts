import { describe, expect, it } from "vitest";
import type { Clip } from "@/lib/models";
import { countIn, EMPTY_QUEUE, nextToSend, queueReducer, sentShare } from "./upload-queue";
import type { QueueAction, Refusal, UploadQueue } from "./upload-queue";

const file = (name: string, content = "12345678") => new File([content], name, { lastModified: 1 });
const origin = { source: "tip line", licence: "CC0-1.0", mediaConsent: false };
const clip = { id: "c1" } as Clip;
const refusal: Refusal = { title: "No", detail: "No.", advice: null, canRetry: true, needsSignIn: false };
const after = (...actions: QueueAction[]): UploadQueue => actions.reduce(queueReducer, EMPTY_QUEUE);
const two: QueueAction[] = [{ type: "add", files: [file("a.mp4"), file("b.mp4")] }, { type: "upload", origin }];

describe("queueReducer", () => {
  it("keeps one of each file, however often it is dropped", () => {
    const queue = after({ type: "add", files: [file("a.mp4"), file("a.mp4")] }, { type: "add", files: [file("a.mp4"), file("b.mp4")] });
    expect(queue.files.map((entry) => [entry.id, entry.file.name])).toEqual([[1, "a.mp4"], [2, "b.mp4"]]);
  });
  it("sends nothing before Upload is pressed, then one file at a time", () => {
    expect(nextToSend(after({ type: "add", files: [file("a.mp4")] }))).toBeNull();
    expect(nextToSend(after(...two))?.id).toBe(1);
    expect(nextToSend(after(...two, { type: "send", id: 1 }))).toBeNull();
    expect(nextToSend(after(...two, { type: "send", id: 1 }, { type: "store", id: 1, clip, isNew: true }))?.id).toBe(2);
  });
  it("gives the origin to the files it was pressed for, not to later ones", () => {
    const queue = after(...two, { type: "add", files: [file("c.mp4")] });
    expect(queue.files.map((entry) => entry.origin)).toEqual([origin, origin, null]);
  });
  it("drops an answer that comes after the file was cancelled", () => {
    const queue = after(...two, { type: "send", id: 1 }, { type: "cancel", id: 1 }, { type: "store", id: 1, clip, isNew: true });
    expect(queue.files[0]).toMatchObject({ phase: "cancelled", stored: null });
  });
  it("starts a refused file over, with what is said of its origin now", () => {
    const later = { source: "archive", licence: "", mediaConsent: false };
    const queue = after(...two, { type: "send", id: 1 }, { type: "progress", id: 1, sentBytes: 4 }, { type: "refuse", id: 1, refusal }, { type: "retry", id: 1, origin: later });
    expect(queue.files[0]).toMatchObject({ phase: "waiting", sentBytes: 0, refusal: null, origin: later });
  });
  it("takes a file off the list unless it is just being sent", () => {
    const sending = after(...two, { type: "send", id: 1 });
    expect(queueReducer(sending, { type: "remove", id: 1 }).files).toHaveLength(2);
    expect(queueReducer(sending, { type: "remove", id: 2 }).files).toHaveLength(1);
  });
  it("counts by phase", () => {
    const queue = after(...two, { type: "send", id: 1 });
    expect([countIn(queue, "sending"), countIn(queue, "waiting", "sending"), countIn(queue, "ready")]).toEqual([1, 2, 0]);
  });
});

describe("sentShare", () => {
  it("never passes the whole, and is whole for an empty file", () => {
    expect(sentShare({ file: file("a.mp4"), sentBytes: 2 })).toBe(0.25);
    expect(sentShare({ file: file("a.mp4"), sentBytes: 300 })).toBe(1);
    expect(sentShare({ file: file("a.mp4", ""), sentBytes: 0 })).toBe(1);
  });
});
