import { ApiError } from "@/lib/api-error";

/** What the server says is wrong with one field; null where nothing is. */
export function errorOf(error: Error | null, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.fieldErrors.find((one) => one.field === field)?.message ?? null;
}

/** Whether an error is told beside its fields, so that it need not be told above them. */
export function isOfFields(error: Error | null): boolean {
  return error instanceof ApiError && error.fieldErrors.length > 0;
}
