import { api, unwrap } from "@/lib/api-client";
import { ApiError, errorFromProblem, NetworkError } from "@/lib/api-error";
import { csrfToken, rememberCsrfToken } from "@/lib/csrf";
import type { Clip } from "@/lib/models";
import type { Origin } from "../upload-queue";

export interface StoredFile {
  clip: Clip;
  /** False when the very same bytes were here before. */
  isNew: boolean;
}

interface SendOptions {
  file: File;
  origin: Origin;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

function formOf(file: File, { source, licence, mediaConsent }: Origin): FormData {
  const form = new FormData();
  // Text before the file: the server has read it when the long part comes.
  if (source.trim() !== "") form.set("source", source.trim());
  if (licence.trim() !== "") form.set("licence", licence.trim());
  form.set("media_consent", mediaConsent ? "1" : "0");
  form.set("file", file);
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** One request. XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
function post({ file, origin, onProgress, signal }: SendOptions): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/clips");
    request.setRequestHeader("Accept", "application/json");
    const token = csrfToken();
    if (token !== null) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("error", () => reject(new NetworkError()));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled.", "AbortError")));
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status === 200 || request.status === 201) resolve({ clip: body as Clip, isNew: request.status === 201 });
      else reject(errorFromProblem(request.status, body, request.getResponseHeader("Retry-After")));
    });
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(formOf(file, origin));
  });
}

/**
 * Sends one file. A stale CSRF token (another tab signed in again) is renewed once, as everywhere.
 * Rejects with ApiError, NetworkError, or an AbortError after `signal`.
 */
export async function sendFile(options: SendOptions): Promise<StoredFile> {
  try {
    return await post(options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf_failed") throw error;
    rememberCsrfToken((await unwrap(api.GET("/api/v1/session"))).csrf_token);
    options.signal.throwIfAborted();
    return await post(options);
  }
}
