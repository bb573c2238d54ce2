import { useMutation } from "@tanstack/react-query";
import { api, unwrapMaybe } from "@/lib/api-client";
import type { SkipIn } from "@/lib/models";

export function useSkip(leaseId: string) {
  return useMutation({
    mutationFn: (body: SkipIn) => unwrapMaybe(api.POST("/api/v1/assignments/{id}/skip", { params: { path: { id: leaseId } }, body })),
  });
}
