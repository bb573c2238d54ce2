import type { FieldError } from "./models";

/** An answer of the server that is not a success: application/problem+json, or whatever came instead. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    /** Stable word for programs, such as `lease_expired`; `http_<status>` when the answer had none. */
    readonly code: string,
    readonly detail: string,
    readonly fieldErrors: FieldError[] = [],
    /** Seconds to wait, from the Retry-After header. */
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
  }
}

/** The server could not be reached at all: offline, refused, or cut off. */
export class NetworkError extends Error {
  override name = "NetworkError";
  constructor() {
    super("The server cannot be reached. Check your connection; nothing you entered is lost.");
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asFieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.map(asRecord).flatMap(({ field, message }) =>
    typeof field === "string" && typeof message === "string" ? [{ field, message }] : [],
  );
}

/** Seconds from a Retry-After header, which may also be a date; null when there is none. */
export function retryAfterS(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}

/** Builds the error of a problem body, tolerating bodies that are not one (a proxy's HTML page, say). */
export function errorFromProblem(status: number, body: unknown, retryAfter: string | null = null): ApiError {
  const { code, detail, title, errors } = asRecord(body);
  const words = [detail, title].find((text): text is string => typeof text === "string" && text !== "");
  return new ApiError(
    status,
    typeof code === "string" ? code : `http_${status}`,
    words ?? `The server answered with status ${status}.`,
    asFieldErrors(errors),
    retryAfterS(retryAfter, Date.now()),
  );
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}

/** One sentence a person can act on. */
export function explain(error: unknown): string {
  if (error instanceof ApiError || error instanceof NetworkError) return error.message;
  return "Something went wrong in this page. Reload it and try again.";
}
