import { useCallback, useState } from "react";
import { browserStore, readJson } from "@/lib/storage";

/** How one reviewer likes to work, kept on this device. */
export interface DeskSettings {
  /** Single-key shortcuts; can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  /** Show what is about to be sealed, and ask. */
  confirmSeal: boolean;
  /** Start each clip hidden and muted. A choice, not a protection: greying or blurring was not found to help. */
  startHidden: boolean;
  /** The page before the first clip has been read. */
  introSeen: boolean;
}

const KEY = "clipjury.desk";
const DEFAULTS: DeskSettings = { shortcuts: true, confirmSeal: true, startHidden: false, introSeen: false };

export function readSettings(stored: unknown): DeskSettings {
  const given = typeof stored === "object" && stored !== null ? (stored as Record<string, unknown>) : {};
  const flag = (name: keyof DeskSettings) => (typeof given[name] === "boolean" ? given[name] : DEFAULTS[name]);
  return { shortcuts: flag("shortcuts"), confirmSeal: flag("confirmSeal"), startHidden: flag("startHidden"), introSeen: flag("introSeen") };
}

export interface Desk {
  settings: DeskSettings;
  change: (change: Partial<DeskSettings>) => void;
}

export function useDeskSettings(): Desk {
  const [settings, setSettings] = useState(() => readSettings(readJson(browserStore, KEY)));
  const change = useCallback((part: Partial<DeskSettings>) => {
    setSettings((old) => {
      const next = { ...old, ...part };
      browserStore.set(KEY, JSON.stringify(next));
      return next;
    });
  }, []);
  return { settings, change };
}
