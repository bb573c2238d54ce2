import { useCallback, useEffect, useReducer, useRef } from "react";
import { ApiError, explain } from "@/lib/api-error";
import { isFileAtFault, uploadClip } from "../api/upload-clip";
import type { UploadFields } from "../api/upload-clip";
import { nextUploads, reduceUploads } from "../upload-queue";
import type { UploadAction, UploadItem } from "../upload-queue";

export interface Uploads {
  items: UploadItem[];
  add: (files: File[]) => void;
  cancel: (key: string) => void;
  retry: (key: string) => void;
  remove: (key: string) => void;
}

function failure(key: string, error: unknown): UploadAction {
  if (error instanceof DOMException && error.name === "AbortError") return { type: "cancel", key };
  const code = error instanceof ApiError ? error.code : "network";
  return { type: "failed", key, problem: { code, detail: explain(error), canRetry: !isFileAtFault(error) } };
}

/** Sends files one after the other, two at a time, each with the fields as they stood when it was added. */
export function useUploads(fields: UploadFields): Uploads {
  const [items, dispatch] = useReducer(reduceUploads, []);
  const running = useRef(new Map<string, AbortController>());
  const fieldsOf = useRef(new Map<string, UploadFields>());
  const serial = useRef(0);

  useEffect(() => {
    for (const { key, file } of nextUploads(items)) {
      if (running.current.has(key)) continue;
      const controller = new AbortController();
      running.current.set(key, controller);
      dispatch({ type: "start", key });
      uploadClip(file, fieldsOf.current.get(key) ?? { source: "", licence: "" }, (share) => dispatch({ type: "progress", key, share }), controller.signal)
        .then(({ clip, isKnown }) => dispatch({ type: "sent", key, clip, isKnown }))
        .catch((error: unknown) => dispatch(failure(key, error)))
        .finally(() => running.current.delete(key));
    }
  }, [items]);

  // Leaving the page in the middle of an upload loses it; ask first.
  const isSending = items.some(({ status }) => status === "sending" || status === "waiting");
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isSending]);

  const add = useCallback(
    (files: File[]) => {
      const added = files.map((file) => {
        serial.current += 1;
        const key = String(serial.current);
        fieldsOf.current.set(key, fields);
        return { key, file };
      });
      dispatch({ type: "add", items: added });
    },
    [fields],
  );

  return {
    items,
    add,
    cancel: (key) => {
      running.current.get(key)?.abort();
      dispatch({ type: "cancel", key });
    },
    retry: (key) => dispatch({ type: "retry", key }),
    remove: (key) => dispatch({ type: "remove", key }),
  };
}
