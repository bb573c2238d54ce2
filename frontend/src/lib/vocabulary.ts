import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./api-client";
import type { Vocabulary } from "./models";

export const vocabularyQuery = queryOptions({
  queryKey: ["vocabulary"],
  staleTime: Infinity,
  queryFn: () => unwrap(api.GET("/api/v1/vocabulary")),
});

export function useVocabulary() {
  return useQuery(vocabularyQuery);
}

/** The name of a kind or cue; its id while the list is on its way, or when the list no longer has it. */
export function nameIn(items: Vocabulary["kinds"] | undefined, id: string): string {
  return items?.find((item) => item.id === id)?.name ?? id.replaceAll("_", " ");
}
