import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrapMaybe } from "@/lib/api-client";
import { clearSession } from "@/lib/session";

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrapMaybe(api.DELETE("/api/v1/session")),
    onSuccess: () => clearSession(client),
  });
}
