import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { Role, UserEntries } from "@/lib/models";
import { given, useAdminAction } from "./administration";

export interface UserFilter {
  search: string;
  role: Role | null;
  state: "active" | "inactive" | null;
}

export function usersQuery(filter: UserFilter) {
  return infiniteQueryOptions({
    queryKey: ["admin", "users", filter],
    initialPageParam: null as number | null,
    getNextPageParam: (page: UserEntries) => page.next_cursor,
    queryFn: ({ pageParam }) => unwrap<UserEntries>(api.GET("/api/v1/users", { params: { query: given({ ...filter, cursor: pageParam }) } })),
  });
}

interface UserChange {
  id: number;
  roles: Role[];
  isActive: boolean;
  reason: string;
}

export function useChangeUser() {
  return useAdminAction(({ id, roles, isActive, reason }: UserChange) =>
    unwrap(api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body: { roles, is_active: isActive, reason } })),
  );
}

export function usePasswordLink() {
  return useAdminAction((id: number) => unwrap(api.POST("/api/v1/users/{id}/password-reset", { params: { path: { id } } })));
}
