import { ApiError, NetworkError } from "@/lib/api-error";
import { failureWords } from "@/lib/failure-words";
import type { Refusal } from "./upload-queue";

/** Codes that say something about the file itself: the same bytes would be refused again. */
const ABOUT_THE_FILE = ["empty_file", "unsupported_media", "payload_too_large"];

function refusal(title: string, detail: string, advice: string | null, more: Partial<Refusal> = {}): Refusal {
  return { title, detail, advice, canRetry: true, needsSignIn: false, ...more };
}

function ofApiError(error: ApiError): Refusal {
  if (ABOUT_THE_FILE.includes(error.code)) {
    const { title, detail, advice } = failureWords({ code: error.code, detail: error.detail });
    // The server names the formats it takes; saying them twice helps nobody.
    const isSaid = error.code === "unsupported_media" || error.code === "empty_file";
    return refusal(title, detail, isSaid ? null : advice, { canRetry: false });
  }
  if (error.status === 413) return ofApiError(new ApiError(413, "payload_too_large", "It is larger than this server accepts."));
  if (error.code === "unauthenticated") {
    return refusal("Your session has ended", "Nothing was stored.", "Sign in again in another tab, then press Retry here: the file stays in this list.", { needsSignIn: true });
  }
  if (error.fieldErrors.length > 0) {
    const said = error.fieldErrors.map(({ field, message }) => (field === "file" ? message : `${field}: ${message}`)).join(" ");
    return refusal("Something has to be put right first", said, "Change it, then press Retry.");
  }
  if (error.status === 429) {
    const wait = error.retryAfterS === null ? "a little while" : `${error.retryAfterS} s`;
    return refusal("Too much at once", error.detail, `Press Retry in ${wait}.`);
  }
  if (error.status >= 500) return refusal("The server could not take it", error.detail, "Nothing is wrong with the file. Press Retry in a minute.");
  return refusal("The server refused it", error.detail, null);
}

/** Why an upload did not go through, and what to do, in plain words. */
export function refusalWords(error: unknown): Refusal {
  if (error instanceof ApiError) return ofApiError(error);
  if (error instanceof NetworkError) {
    return refusal("The connection broke off", "The server cannot be reached, or it hung up.", "Check your connection, then press Retry. A server hangs up, too, on files that are far too large.");
  }
  return refusal("It could not be sent", "The browser could not read or send this file.", "If it was moved or changed since you chose it, remove it here and choose it again.");
}
