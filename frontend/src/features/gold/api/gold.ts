import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api-client";
import { cancelJob, retryJob } from "@/lib/jobs";
import type { GoldIn, GoldPage, GoldPromotion, GoldRole, Job, Label } from "@/lib/models";
import { sendForm } from "@/lib/send-form";

export interface GoldFilter {
  role: GoldRole | null;
  label: Label | null;
}

const PAGE_SIZE = 50;
const POLL_MS = 1000;

/** Gold the newest first, a page at a time; every page carries the counts of all. */
export function goldQuery({ role, label }: GoldFilter) {
  return infiniteQueryOptions({
    queryKey: ["gold", role, label],
    initialPageParam: null as string | null,
    getNextPageParam: (page: GoldPage) => page.next_cursor,
    queryFn: ({ pageParam }) =>
      unwrap<GoldPage>(
        api.GET("/api/v1/gold", {
          params: { query: { limit: PAGE_SIZE, ...(role === null ? {} : { role }), ...(label === null ? {} : { label }), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
  });
}

export function isUnfinished(job: Job | null | undefined): boolean {
  return job?.state === "queued" || job?.state === "running";
}

/** The newest drawing of gold, asked again every second until it has ended; null when there never was one. */
export const drawingQuery = queryOptions({
  queryKey: ["gold-drawing"],
  queryFn: async (): Promise<Job | null> => {
    const page = await unwrap(api.GET("/api/v1/jobs", { params: { query: { kind: "generate_gold", limit: 1 } } }));
    return page.items[0] ?? null;
  },
  refetchInterval: ({ state }) => (isUnfinished(state.data) ? POLL_MS : false),
});

/** Asks for the list again after something has become gold. */
function useGoldChange<Given, Made>(change: (given: Given) => Promise<Made>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ["gold"] }) });
}

export function useMakeGold() {
  return useGoldChange((body: GoldIn) => unwrap(api.POST("/api/v1/gold", { body })));
}

export function usePromoteDecisions() {
  return useGoldChange((role: GoldRole) => unwrap<GoldPromotion>(api.POST("/api/v1/gold/adjudications", { body: { role } })));
}

export interface GoldFile {
  file: File;
  label: Label;
  role: GoldRole;
  source: string;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

export function useUploadGold() {
  return useGoldChange(({ file, label, role, source, onProgress, signal }: GoldFile) => {
    const form = () => {
      const made = new FormData();
      // Text before the file: the server has read it when the long part comes.
      for (const [name, text] of Object.entries({ label, role, source })) made.set(name, text);
      made.set("file", file);
      return made;
    };
    return sendForm({ path: "/api/v1/gold/files", form, onProgress, signal });
  });
}

function useDrawingChange<Given>(change: (given: Given) => Promise<Job>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: (job) => client.setQueryData(drawingQuery.queryKey, job) });
}

export function useDrawGold() {
  return useDrawingChange((body: { count: number; role: GoldRole }) => unwrap<Job>(api.POST("/api/v1/gold/generations", { body })));
}

export function useCancelDrawing() {
  return useDrawingChange(cancelJob);
}

export function useRetryDrawing() {
  return useDrawingChange(retryJob);
}
