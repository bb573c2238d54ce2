import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/lib/api-client";
import { NetworkError } from "@/lib/api-error";
import { rememberCsrfToken } from "@/lib/csrf";
import { sendFile } from "./send-file";

type Answer = { status: number; body: unknown } | "offline" | "pending";

/** A stand-in for the browser's XMLHttpRequest that answers in order and keeps what was sent. */
function serve(...answers: Answer[]) {
  const sent: { headers: Record<string, string>; form: FormData }[] = [];
  class FakeRequest extends EventTarget {
    readonly upload = new EventTarget();
    readonly headers: Record<string, string> = {};
    status = 0;
    responseText = "";
    open() {
      this.status = 0;
    }
    setRequestHeader(name: string, value: string) {
      this.headers[name] = value;
    }
    getResponseHeader() {
      return null;
    }
    abort() {
      this.dispatchEvent(new Event("abort"));
    }
    send(form: FormData) {
      sent.push({ headers: this.headers, form });
      const answer = answers.shift() ?? "offline";
      this.upload.dispatchEvent(new ProgressEvent("progress", { loaded: 5 }));
      if (answer === "pending") return;
      if (answer !== "offline") {
        this.status = answer.status;
        this.responseText = JSON.stringify(answer.body);
      }
      queueMicrotask(() => void this.dispatchEvent(new Event(answer === "offline" ? "error" : "load")));
    }
  }
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  return sent;
}

const options = (signal = new AbortController().signal) => ({
  file: new File(["12345"], "a.mp4"), origin: { source: " tip line ", licence: "", mediaConsent: true }, onProgress: vi.fn(), signal,
});

beforeEach(() => rememberCsrfToken("old"));
afterEach(() => void vi.unstubAllGlobals());

describe("sendFile", () => {
  it("sends the file with what was said of it, the token, and tells how much has left", async () => {
    const sent = serve({ status: 201, body: { id: "c1" } });
    const given = options();
    expect(await sendFile(given)).toMatchObject({ clip: { id: "c1" }, isNew: true });
    expect([...(sent[0]?.form.keys() ?? [])]).toEqual(["source", "media_consent", "file"]);
    expect(sent[0]?.form.get("source")).toBe("tip line");
    expect(sent[0]?.form.get("media_consent")).toBe("1");
    expect(sent[0]?.headers["X-CSRF-Token"]).toBe("old");
    expect(given.onProgress).toHaveBeenCalledWith(5);
  });
  it("knows a file that was here before", async () => {
    serve({ status: 200, body: { id: "c1" } });
    expect(await sendFile(options())).toMatchObject({ isNew: false });
  });
  it("passes on why the server refused", async () => {
    serve({ status: 415, body: { code: "unsupported_media", detail: "This is a ZIP archive." } });
    await expect(sendFile(options())).rejects.toMatchObject({ code: "unsupported_media", detail: "This is a ZIP archive." });
  });
  it("renews a stale token once", async () => {
    const sent = serve({ status: 403, body: { code: "csrf_failed" } }, { status: 201, body: { id: "c1" } });
    vi.spyOn(api, "GET").mockReturnValueOnce(Promise.resolve({ data: { user: null, csrf_token: "new" }, response: new Response() }) as never);
    await sendFile(options());
    expect(sent.map(({ headers }) => headers["X-CSRF-Token"])).toEqual(["old", "new"]);
  });
  it("names a lost connection, and stops when told to", async () => {
    serve("offline", "pending");
    await expect(sendFile(options())).rejects.toBeInstanceOf(NetworkError);
    const stop = new AbortController();
    const sending = sendFile(options(stop.signal));
    stop.abort();
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
  });
});
