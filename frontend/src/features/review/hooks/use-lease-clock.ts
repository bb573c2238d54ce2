import { useEffect, useState } from "react";
import type { TimedLease } from "../api/assignment";
import { secondsLeft } from "../ballot/lease-clock";

/** Whole seconds left of a lease, counted down while it is shown. */
export function useSecondsLeft(lease: TimedLease): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return Math.ceil(secondsLeft(lease, lease.offsetMs, now));
}
