import type { Lease } from "@/lib/models";

/** The server's clock minus this device's, ms, as it was when the lease arrived: device clocks are often wrong. */
export function clockOffsetMs(serverTime: string, receivedAtMs: number): number {
  const at = Date.parse(serverTime);
  return Number.isNaN(at) ? 0 : at - receivedAtMs;
}

/** Seconds left of a lease, never negative. */
export function secondsLeft(lease: Pick<Lease, "expires_at">, offsetMs: number, nowMs: number): number {
  return Math.max(0, (Date.parse(lease.expires_at) - (nowMs + offsetMs)) / 1000);
}

/** When to offer more time: in the last three minutes. */
export const OFFER_RENEWAL_S = 180;
