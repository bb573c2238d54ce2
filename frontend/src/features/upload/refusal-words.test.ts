import { describe, expect, it } from "vitest";
import { ApiError, NetworkError } from "@/lib/api-error";
import { refusalWords } from "./refusal-words";

describe("refusalWords", () => {
  it.each(["empty_file", "unsupported_media", "payload_too_large"])("does not offer to send the same bytes again after %s", (code) => {
    expect(refusalWords(new ApiError(415, code, "This is a ZIP archive."))).toMatchObject({ canRetry: false, detail: "This is a ZIP archive." });
  });
  it("understands a proxy that says too large without a code", () => {
    expect(refusalWords(new ApiError(413, "http_413", "The server answered with status 413."))).toMatchObject({ title: "The file is too large", canRetry: false });
  });
  it("says which field to put right", () => {
    const error = new ApiError(422, "invalid_request", "A field cannot be used.", [{ field: "source", message: "Keep it to 500 characters of text." }]);
    expect(refusalWords(error).detail).toBe("source: Keep it to 500 characters of text.");
  });
  it("sends people whose session has ended to sign in, and keeps the file", () => {
    expect(refusalWords(new ApiError(401, "unauthenticated", "Log in."))).toMatchObject({ needsSignIn: true, canRetry: true });
  });
  it("tells a lost connection from a fault of the server, and both may be tried again", () => {
    expect(refusalWords(new NetworkError())).toMatchObject({ title: "The connection broke off", canRetry: true });
    expect(refusalWords(new ApiError(503, "unavailable", "The database is starting."))).toMatchObject({ title: "The server could not take it", canRetry: true });
  });
  it("does not show what a program says to itself", () => {
    expect(JSON.stringify(refusalWords(new TypeError("x is undefined")))).not.toContain("undefined");
  });
});
