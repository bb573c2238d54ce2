import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import { replaceSession } from "@/lib/session";

export interface Credentials {
  email: string;
  password: string;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => unwrap(api.POST("/api/v1/session", { body: credentials })),
    onSuccess: (session) => replaceSession(client, session),
  });
}
