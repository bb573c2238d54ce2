import { describe, expect, it } from "vitest";
import { ApiError, errorFromProblem, explain, NetworkError, retryAfterS } from "./api-error";

describe("errorFromProblem", () => {
  it("reads code, detail and fields of a problem", () => {
    const error = errorFromProblem(422, { code: "invalid_request", detail: "Check it.", errors: [{ field: "label", message: "Unknown." }, 7] });
    expect(error).toMatchObject({ status: 422, code: "invalid_request", message: "Check it.", fieldErrors: [{ field: "label", message: "Unknown." }] });
  });
  it("makes something of answers that are no problem document", () => {
    expect(errorFromProblem(502, "<html>")).toMatchObject({ code: "http_502", message: "The server answered with status 502." });
    expect(errorFromProblem(500, { title: "Oops" }).message).toBe("Oops");
  });
});

describe("retryAfterS", () => {
  it("understands seconds and dates", () => {
    const now = Date.parse("2026-05-01T12:00:00Z");
    expect(retryAfterS("40", now)).toBe(40);
    expect(retryAfterS("Fri, 01 May 2026 12:00:30 GMT", now)).toBe(30);
    expect([retryAfterS(null, now), retryAfterS("", now), retryAfterS("soon", now)]).toEqual([null, null, null]);
  });
});

describe("explain", () => {
  it("passes on what a person can act on and hides what they cannot", () => {
    expect(explain(new ApiError(409, "lease_expired", "Time is over."))).toBe("Time is over.");
    expect(explain(new NetworkError())).toContain("cannot be reached");
    expect(explain(new TypeError("x is undefined"))).not.toContain("undefined");
  });
});
