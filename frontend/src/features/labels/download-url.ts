export type LabelFormat = "csv" | "jsonl";

/**
 * Address of a download. `sinceDay` (YYYY-MM-DD) is a day of the reader's own calendar; the server wants a
 * moment with its time zone, so the day begins at midnight where the reader is.
 */
export function labelsUrl(format: LabelFormat, sinceDay: string): string {
  const query = new URLSearchParams({ format });
  const since = /^\d{4}-\d{2}-\d{2}$/.test(sinceDay) ? new Date(`${sinceDay}T00:00:00`) : null;
  if (since !== null && !Number.isNaN(since.getTime())) query.set("since", since.toISOString());
  return `/api/v1/labels?${query.toString()}`;
}
