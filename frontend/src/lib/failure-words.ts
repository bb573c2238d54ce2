/** What to do about a file that cannot be judged, by the server's failure code. */
const ADVICE: Record<string, { title: string; advice: string }> = {
  empty_file: { title: "The file is empty", advice: "Check the original and upload it again." },
  unsupported_format: { title: "This kind of file is not accepted", advice: "Send a video as MP4, MOV, WebM or MKV, or a picture as JPEG, PNG or WebP." },
  unsupported_media: { title: "This kind of file is not accepted", advice: "Send a video as MP4, MOV, WebM or MKV, or a picture as JPEG, PNG or WebP." },
  truncated: { title: "The file is cut off", advice: "The upload or the recording stopped early. Send the whole file." },
  no_video_stream: { title: "There is no picture in it", advice: "The file holds only sound, or nothing that can be shown. Send a video or a picture." },
  dimensions_too_large: { title: "The picture is too large", advice: "Make it smaller (a common video size such as 1920 × 1080 is fine) and upload that." },
  payload_too_large: { title: "The file is too large", advice: "Cut out the part in question, or export it smaller, and upload that." },
  too_long: { title: "The clip is too long", advice: "Cut out the part in question and upload only that." },
  too_many_frames: { title: "The clip has too many frames", advice: "Cut out the part in question and upload only that." },
  too_many_streams: { title: "The file has too many tracks", advice: "Export it with one picture track and one sound track." },
  codec_not_allowed: { title: "The picture is encoded in a way that is not accepted", advice: "Export the clip as MP4 (H.264) and upload that." },
  decode_failed: { title: "Nothing could be decoded", advice: "If it plays on your device, convert it to MP4 (H.264) and upload that." },
  decode_timeout: { title: "Decoding took too long", advice: "Export the clip anew as MP4 (H.264), shorter if you can." },
  decode_out_of_memory: { title: "Decoding needed too much memory", advice: "Make the picture smaller and upload it again." },
};

export interface FailureWords {
  title: string;
  /** What the server said about this very file. */
  detail: string;
  advice: string;
}

/** A failure in plain words; a code this page has never heard of keeps the server's own sentence. */
export function failureWords({ code, detail }: { code: string; detail: string }): FailureWords {
  const known = ADVICE[code];
  return {
    title: known?.title ?? "The file cannot be judged",
    detail,
    advice: known?.advice ?? "If it plays on your device, convert it to MP4 (H.264) and upload that.",
  };
}
