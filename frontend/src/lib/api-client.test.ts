import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onSignedOut, sessionFetch } from "./api-client";
import { NetworkError } from "./api-error";
import { csrfToken, rememberCsrfToken } from "./csrf";

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const post = () => new Request("http://localhost/api/v1/assignments", { method: "POST", body: "{}" });

/** Answers in order; records the token each request carried. */
function serve(...answers: (Response | Error)[]): (string | null)[] {
  const tokens: (string | null)[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    tokens.push(request.headers.get("X-CSRF-Token"));
    const answer = answers.shift() ?? new Error("no answer left");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return tokens;
}

beforeEach(() => rememberCsrfToken("old"));
afterEach(() => void vi.unstubAllGlobals());

describe("sessionFetch", () => {
  it("carries the CSRF token on writes and not on reads", async () => {
    const tokens = serve(json(200, {}), json(200, {}));
    await sessionFetch(post());
    await sessionFetch(new Request("http://localhost/api/v1/clips"));
    expect(tokens).toEqual(["old", null]);
  });
  it("asks for a new token and tries once more when the old one is refused", async () => {
    const tokens = serve(json(403, { code: "csrf_failed" }), json(200, { user: null, csrf_token: "new" }), json(201, { id: 1 }));
    const response = await sessionFetch(post());
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ id: 1 });
    expect(tokens).toEqual(["old", null, "new"]);
    expect(csrfToken()).toBe("new");
  });
  it("tells that the session is over, but not for a wrong password", async () => {
    const heard = vi.fn();
    const stop = onSignedOut(heard);
    serve(json(401, { code: "bad_credentials" }), json(401, { code: "unauthenticated" }));
    await sessionFetch(post());
    expect(heard).not.toHaveBeenCalled();
    await sessionFetch(post());
    expect(heard).toHaveBeenCalledOnce();
    stop();
  });
  it("names a lost connection", async () => {
    serve(new TypeError("Failed to fetch"));
    await expect(sessionFetch(post())).rejects.toBeInstanceOf(NetworkError);
  });
});
