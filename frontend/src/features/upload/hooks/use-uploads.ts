import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import type { Dispatch } from "react";
import { sendFile } from "../api/send-file";
import { refusalWords } from "../refusal-words";
import { EMPTY_QUEUE, nextToSend, queueReducer } from "../upload-queue";
import type { QueueAction, QueuedFile, UploadQueue } from "../upload-queue";

export interface Uploads {
  queue: UploadQueue;
  dispatch: Dispatch<QueueAction>;
  cancel: (id: number) => void;
}

async function sendOne(entry: QueuedFile, dispatch: Dispatch<QueueAction>, signal: AbortSignal): Promise<void> {
  const { id, file, origin } = entry;
  try {
    const onProgress = (sentBytes: number) => dispatch({ type: "progress", id, sentBytes });
    const { clip, isNew } = await sendFile({ file, origin: origin ?? { source: "", licence: "", mediaConsent: false }, onProgress, signal });
    dispatch({ type: "store", id, clip, isNew });
  } catch (error) {
    if (!signal.aborted) dispatch({ type: "refuse", id, refusal: refusalWords(error) });
  }
}

/** The files of this visit: sends them one after the other; leaving the page stops what is under way. */
export function useUploads(): Uploads {
  const client = useQueryClient();
  const [queue, dispatch] = useReducer(queueReducer, EMPTY_QUEUE);
  const stops = useRef(new Map<number, AbortController>());
  const next = nextToSend(queue);

  useEffect(() => {
    if (next === null) return;
    const stop = new AbortController();
    stops.current.set(next.id, stop);
    dispatch({ type: "send", id: next.id });
    void sendOne(next, dispatch, stop.signal).finally(() => {
      if (stops.current.get(next.id) === stop) stops.current.delete(next.id);
      void client.invalidateQueries({ queryKey: ["clips"] });
    });
  }, [next, client]);

  useEffect(() => {
    const pending = stops.current;
    return () => {
      for (const stop of pending.values()) stop.abort();
    };
  }, []);

  const cancel = useCallback((id: number) => {
    stops.current.get(id)?.abort();
    dispatch({ type: "cancel", id });
  }, []);

  return { queue, dispatch, cancel };
}
