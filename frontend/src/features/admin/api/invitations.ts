import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, unwrap, unwrapMaybe } from "@/lib/api-client";
import type { InvitationPage, Role } from "@/lib/models";
import { given, useAdminAction } from "./administration";

export const invitationsQuery = infiniteQueryOptions({
  queryKey: ["admin", "invitations"],
  initialPageParam: null as string | null,
  getNextPageParam: (page: InvitationPage) => page.next_cursor,
  queryFn: ({ pageParam }) => unwrap<InvitationPage>(api.GET("/api/v1/invitations", { params: { query: given({ cursor: pageParam }) } })),
});

interface InvitationForm {
  email: string;
  roles: Role[];
  days: number;
}

export function useInvite() {
  return useAdminAction(({ email, roles, days }: InvitationForm) =>
    unwrap(api.POST("/api/v1/invitations", { body: { email: email.trim() === "" ? null : email.trim(), roles, days } })),
  );
}

export function useRevoke() {
  return useAdminAction((id: string) => unwrapMaybe(api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } })));
}
