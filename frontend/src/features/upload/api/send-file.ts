import type { Clip } from "@/lib/models";
import { sendForm } from "@/lib/send-form";
import type { Origin } from "../upload-queue";

export interface StoredFile {
  clip: Clip;
  /** False when the very same bytes were here before. */
  isNew: boolean;
}

interface SendOptions {
  file: File;
  origin: Origin;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

function formOf(file: File, { source, licence, mediaConsent }: Origin): FormData {
  const form = new FormData();
  // Text before the file: the server has read it when the long part comes.
  if (source.trim() !== "") form.set("source", source.trim());
  if (licence.trim() !== "") form.set("licence", licence.trim());
  form.set("media_consent", mediaConsent ? "1" : "0");
  form.set("file", file);
  return form;
}

/** Sends one file. Rejects with ApiError, NetworkError, or an AbortError after `signal`. */
export async function sendFile({ file, origin, onProgress, signal }: SendOptions): Promise<StoredFile> {
  const { body, isNew } = await sendForm({ path: "/api/v1/clips", form: () => formOf(file, origin), onProgress, signal });
  return { clip: body as Clip, isNew };
}
