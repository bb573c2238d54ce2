import { ApiError, errorFromProblem, NetworkError } from "@/lib/api-error";
import { csrfToken } from "@/lib/csrf";
import type { Clip } from "@/lib/models";

export interface UploadFields {
  source: string;
  licence: string;
}

export interface Uploaded {
  clip: Clip;
  /** The very same bytes were here already. */
  isKnown: boolean;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function formOf(file: File, { source, licence }: UploadFields): FormData {
  const form = new FormData();
  // Fields first: the server reads them before the file's bytes.
  if (source.trim() !== "") form.append("source", source.trim());
  if (licence.trim() !== "") form.append("licence", licence.trim());
  form.append("file", file);
  return form;
}

/**
 * Sends one file. By XMLHttpRequest, because fetch does not tell how much has been sent.
 * `onProgress` gets the share sent, 0 to 1. Rejects with ApiError, NetworkError, or AbortError.
 */
export function uploadClip(file: File, fields: UploadFields, onProgress: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/clips");
    const token = csrfToken();
    if (token !== null) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    };
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status === 200 || request.status === 201) resolve({ clip: body as Clip, isKnown: request.status === 200 });
      else reject(errorFromProblem(request.status, body, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new NetworkError());
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(formOf(file, fields));
  });
}

/** Whether an upload failed because of the file itself, so that sending it again is of no use. */
export function isFileAtFault(error: unknown): boolean {
  return error instanceof ApiError && [413, 415, 422].includes(error.status);
}
