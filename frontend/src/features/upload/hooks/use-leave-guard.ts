import { useEffect } from "react";
import { useBlocker } from "react-router";

/** Holds people back from losing an upload: closing the tab asks, going to another page can be stayed. */
export function useLeaveGuard(isSending: boolean) {
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isSending]);
  return useBlocker(({ currentLocation, nextLocation }) => isSending && currentLocation.pathname !== nextLocation.pathname);
}
