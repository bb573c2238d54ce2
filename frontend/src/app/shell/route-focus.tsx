import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { useLocation } from "react-router";

/** After a change of page, puts the focus at its start and has screen readers say its title. */
export function RouteFocus(): ReactElement {
  const { pathname } = useLocation();
  const first = useRef(true);
  const live = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const main = document.getElementById("main");
    if (main !== null && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
    // The new page sets its title while it renders; read it once it has.
    const timer = window.setTimeout(() => {
      if (live.current !== null) live.current.textContent = document.title;
    }, 300);
    return () => window.clearTimeout(timer);
  }, [pathname]);
  return <div ref={live} className="cj-visually-hidden" aria-live="polite" />;
}
