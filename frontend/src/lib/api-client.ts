import createClient from "openapi-fetch";
import { ApiError, errorFromProblem, NetworkError } from "./api-error";
import type { paths } from "./api-types";
import { csrfToken, rememberCsrfToken } from "./csrf";
import type { Session } from "./models";

type SignedOutListener = () => void;
const signedOutListeners = new Set<SignedOutListener>();

/** Calls `listener` whenever an answer says that the session is over. Returns the way to stop listening. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

async function problemCode(response: Response): Promise<string | null> {
  const body: unknown = await response.clone().json().catch(() => null);
  const code = typeof body === "object" && body !== null ? (body as { code?: unknown }).code : null;
  return typeof code === "string" ? code : null;
}

async function send(request: Request): Promise<Response> {
  const token = csrfToken();
  if (token !== null && request.method !== "GET") request.headers.set("X-CSRF-Token", token);
  try {
    return await fetch(request);
  } catch {
    throw new NetworkError();
  }
}

async function refreshCsrfToken(): Promise<void> {
  const response = await send(new Request(new URL("/api/v1/session", window.location.origin)));
  if (response.ok) rememberCsrfToken(((await response.json()) as Session).csrf_token);
}

/**
 * fetch with the session's rules: adds the CSRF token, asks for a new one and tries once more when the
 * server says it is stale (another tab signed in again), and tells listeners when the session is over.
 */
export async function sessionFetch(request: Request): Promise<Response> {
  const spare = request.clone();
  let response = await send(request);
  if (response.status === 403 && (await problemCode(response)) === "csrf_failed") {
    await refreshCsrfToken();
    response = await send(spare);
  }
  if (response.status === 401 && (await problemCode(response)) === "unauthenticated") {
    for (const listener of signedOutListeners) listener();
  }
  return response;
}

export const api = createClient<paths>({ fetch: sessionFetch });

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; any other answer is thrown as ApiError. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok && data !== undefined) return data;
  if (response.ok) throw new ApiError(response.status, "empty_answer", "The server sent an empty answer. Try again.");
  throw errorFromProblem(response.status, error, response.headers.get("Retry-After"));
}

/** Like unwrap, for answers that have no body (204) or may have none: those give null. */
export async function unwrapMaybe<T>(answer: Promise<Answer<T>>): Promise<T | null> {
  const { data, error, response } = await answer;
  if (response.ok) return response.status === 204 ? null : (data ?? null);
  throw errorFromProblem(response.status, error, response.headers.get("Retry-After"));
}
