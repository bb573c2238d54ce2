import { Kbd, Switch } from "@mantine/core";
import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";
import { keyCap, SHORTCUTS } from "@/player/shortcuts";
import type { Shortcut } from "@/player/shortcuts";
import type { Desk } from "../hooks/use-desk-settings";
import styles from "./dialogs.module.css";

const GROUPS: Shortcut["group"][] = ["Play", "Look", "Mark", "Answer", "Desk"];

/** The map of keys, and the few choices of how to work. */
export function KeysDialog({ desk, onClose }: { desk: Desk; onClose: () => void }): ReactElement {
  const { settings, change } = desk;
  return (
    <Dialog title="Keys and settings" size="lg" onClose={onClose}>
      <div className={styles.switches}>
        <Switch size="md" label="Keyboard shortcuts" checked={settings.shortcuts} onChange={(event) => change({ shortcuts: event.currentTarget.checked })} />
        <Switch size="md" label="Ask me before sealing" checked={settings.confirmSeal} onChange={(event) => change({ confirmSeal: event.currentTarget.checked })} />
        <Switch size="md" label="Start each clip hidden" checked={settings.startHidden} onChange={(event) => change({ startHidden: event.currentTarget.checked })} />
      </div>
      <div className={styles.keys}>
        {GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ command, keys, words }) => (
                <div key={command}>
                  <dt>
                    {keys.map((key) => (
                      <Kbd key={key}>{keyCap(key)}</Kbd>
                    ))}
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={styles.note}>Keys never act while you type in a field. From the sentence, Ctrl+Enter seals.</p>
    </Dialog>
  );
}
