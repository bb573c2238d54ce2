import { Button } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import type { SafeguardingCase } from "@/lib/models";
import { useDeed } from "../api/safeguarding";
import styles from "@/components/clip/reported-case.module.css";

/** Looking is a second step, noted with one's name; the clip never plays by itself and comes without sound. */
export function RevealCard({ found }: { found: SafeguardingCase }): ReactElement {
  const [isShown, setShown] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const deed = useDeed(found.id);
  if (!found.reveal_allowed) return <p className={styles.quiet}>Looking at withheld clips is switched off on this installation. Decide by the facts and the notes.</p>;
  if (isShown && found.media_url !== null) {
    return (
      <div className={styles.media}>
        {found.kind === "image" ? (
          <img src={found.media_url} alt="The reported picture" />
        ) : (
          <video src={found.media_url} controls muted preload="none" aria-label="The reported clip, muted" />
        )}
        <div className={styles.row}>
          <Button size="xs" variant="default" onClick={() => setShown(false)}>
            Hide it
          </Button>
        </div>
      </div>
    );
  }
  const reveal = () => deed.mutate({ verb: "reveal" }, { onSuccess: () => setShown(true) });
  return (
    <div className={styles.form}>
      <p className={styles.quiet}>Nothing is shown. You need not look: a report, the uploader and the hash are enough to tell the authorities.</p>
      {isAsked ? (
        <Notice tone="warn" title="Look at it now?">
          <p>That you looked, and when, is written into the audit log under your name. In some countries looking needs a legal ground.</p>
          <div className={styles.row}>
            <Button size="xs" variant="default" onClick={() => setAsked(false)}>
              Do not look
            </Button>
            <Button size="xs" color="red" variant="light" loading={deed.isPending} onClick={reveal}>
              Look, and note it
            </Button>
          </div>
        </Notice>
      ) : (
        <div className={styles.row}>
          <Button size="xs" variant="default" onClick={() => setAsked(true)}>
            I have to look
          </Button>
        </div>
      )}
      {deed.isError ? (
        <Notice tone="danger" live="alert">
          <p>{explain(deed.error)}</p>
        </Notice>
      ) : null}
    </div>
  );
}
