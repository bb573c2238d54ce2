const MINUS = "\u2212";

/** 7.24 -> "00:07.240"; hours are shown only when there are any. Milliseconds are cut, not rounded up. */
export function timecode(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "00:00.000";
  const ms = Math.floor(seconds * 1000 + 1e-6);
  const pad = (value: number, width: number) => String(value).padStart(width, "0");
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  const text = `${pad(minutes, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
  return hours > 0 ? `${pad(hours, 2)}:${text}` : text;
}

/** 75 -> "1:15", for countdowns. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A length in words: "8.4 s", "2 min 05 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "\u2013";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

const SPACE = "\u202F";

/** 0.8312 -> "83 %", with a narrow space that does not break. 0 and 1 are only printed for exactly 0 and 1: no posterior is that sure. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 99 && value < 100) return `> 99${SPACE}%`;
  if (value > 0 && value < 1) return `< 1${SPACE}%`;
  return `${Math.round(value)}${SPACE}%`;
}

export function percentRange([low, high]: readonly [number, number]): string {
  return `${percent(low)} \u2013 ${percent(high)}`;
}

/** Reads the two ends of an interval that comes as a list. */
export function asInterval(values: readonly number[]): readonly [number, number] {
  return [values[0] ?? 0, values[1] ?? 1];
}

export function fileSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? "GB"}`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function dateAndTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : dateTime.format(at);
}

/** "3 min ago", for recent moments; a date for older ones. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return iso;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return dateAndTime(iso);
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
}

/** First part of an id: enough for a person to tell clips apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

export function signed(value: number): string {
  return value < 0 ? `${MINUS}${Math.abs(value)}` : `+${value}`;
}
