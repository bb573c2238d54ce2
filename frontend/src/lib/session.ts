import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, onSignedOut, unwrap } from "./api-client";
import { rememberCsrfToken } from "./csrf";
import type { Session, User } from "./models";

const SESSION_KEY = ["session"] as const;
const NOBODY: Session = { user: null, csrf_token: null };

interface SessionView extends Session {
  /** True when a session that was there has ended by itself. */
  ended: boolean;
}

export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  staleTime: Infinity,
  queryFn: async (): Promise<SessionView> => {
    const session = await unwrap(api.GET("/api/v1/session"));
    rememberCsrfToken(session.csrf_token);
    return { ...session, ended: false };
  },
});

/** Makes `session` the current one and forgets everything fetched for the former user. */
export function replaceSession(client: QueryClient, session: Session, ended = false): void {
  rememberCsrfToken(session.csrf_token);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
  client.setQueryData<SessionView>(SESSION_KEY, { ...session, ended });
}

export function clearSession(client: QueryClient): void {
  replaceSession(client, NOBODY);
}

export function useSession() {
  return useQuery(sessionQuery);
}

/** The signed-in user, or null while nobody is (or it is not known yet). */
export function useUser(): User | null {
  return useSession().data?.user ?? null;
}

/** Notices answers that say the session is over, so that the page can ask for a new sign-in. */
export function useSessionEnd(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      onSignedOut(() => {
        if (client.getQueryData<SessionView>(SESSION_KEY)?.user != null) replaceSession(client, NOBODY, true);
      }),
    [client],
  );
}
