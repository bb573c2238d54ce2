import { api, unwrap } from "./api-client";
import { ApiError, errorFromProblem, NetworkError } from "./api-error";
import { csrfToken, rememberCsrfToken } from "./csrf";

export interface SendFormOptions {
  path: string;
  /** Made anew for each try. */
  form: () => FormData;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

export interface FormAnswer {
  body: unknown;
  /** 201: it is new here. */
  isNew: boolean;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** One request. XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
function post({ path, form, onProgress, signal }: SendFormOptions): Promise<FormAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    const token = csrfToken();
    if (token !== null) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("error", () => reject(new NetworkError()));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled.", "AbortError")));
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status === 200 || request.status === 201) resolve({ body, isNew: request.status === 201 });
      else reject(errorFromProblem(request.status, body, request.getResponseHeader("Retry-After")));
    });
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form());
  });
}

/**
 * Sends a form with a file. A stale CSRF token (another tab signed in again) is renewed once, as everywhere.
 * Rejects with ApiError, NetworkError, or an AbortError after `signal`.
 */
export async function sendForm(options: SendFormOptions): Promise<FormAnswer> {
  try {
    return await post(options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf_failed") throw error;
    rememberCsrfToken((await unwrap(api.GET("/api/v1/session"))).csrf_token);
    options.signal.throwIfAborted();
    return await post(options);
  }
}
