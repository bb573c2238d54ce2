import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import type { AuditEvents } from "@/lib/models";

/** Every question of the admin's pages has a key that begins with this word. */
const ADMIN = "admin";

export const administrationQuery = queryOptions({
  queryKey: [ADMIN, "home"],
  queryFn: () => unwrap(api.GET("/api/v1/administration")),
});

export const operationsQuery = queryOptions({
  queryKey: [ADMIN, "operations"],
  refetchInterval: 5000,
  queryFn: () => unwrap(api.GET("/api/v1/operations")),
});

/** A list without the conditions that are empty. */
export function given<T extends Record<string, unknown>>(conditions: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== null && value !== "")) as { [K in keyof T]?: NonNullable<T[K]> };
}

export interface AuditFilter {
  action: string;
  subject: string;
  actor: number | null;
  votes: boolean;
}

export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [ADMIN, "audit", filter],
    initialPageParam: null as number | null,
    getNextPageParam: (page: AuditEvents) => page.next_cursor,
    queryFn: ({ pageParam }) => unwrap<AuditEvents>(api.GET("/api/v1/audit-events", { params: { query: given({ ...filter, cursor: pageParam }) } })),
  });
}

/** Does a thing and looks at all admin pages' facts anew. */
export function useAdminAction<Given, Told>(act: (given: Given) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: [ADMIN] }) });
}
