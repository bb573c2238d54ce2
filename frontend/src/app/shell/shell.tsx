import type { ReactElement } from "react";
import { Outlet, ScrollRestoration, useLocation } from "react-router";
import { Header } from "./header";
import { RouteFocus } from "./route-focus";
import styles from "./shell.module.css";

/** Frame of every page: skip link, header, main, footer. The workstation takes the whole height. */
export function Shell(): ReactElement {
  const { pathname } = useLocation();
  const isDesk = pathname === "/review";
  return (
    <div className={isDesk ? styles.desk : styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      {isDesk ? null : (
        <footer className={styles.footer}>
          <span>ClipJury: people and detectors judge together. A verdict can be wrong.</span>
          <a href="/api/v1/openapi.json">API description</a>
        </footer>
      )}
      <RouteFocus />
      <ScrollRestoration />
    </div>
  );
}
