import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import { replaceSession } from "@/lib/session";

/** What a link opens. Each look is counted, so it is taken once. */
export function openInvitationQuery(token: string) {
  return queryOptions({
    queryKey: ["invitation", token],
    staleTime: Infinity,
    retry: false,
    queryFn: () => unwrap(api.POST("/api/v1/invitations/look-up", { body: { token } })),
  });
}

export interface Acceptance {
  token: string;
  email: string | null;
  display_name: string | null;
  password: string;
}

export function useAccept() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (form: Acceptance) => unwrap(api.POST("/api/v1/invitations/accept", { body: form })),
    onSuccess: (session) => replaceSession(client, session),
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { current_password: string; password: string }) => unwrap(api.POST("/api/v1/session/password", { body })),
    onSuccess: (session) => replaceSession(client, session),
  });
}
