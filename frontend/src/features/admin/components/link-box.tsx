import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { dateAndTime } from "@/lib/format";
import type { NewInvitation } from "@/lib/models";
import styles from "./admin.module.css";

/** A link that is shown this once, ready to be handed on. */
export function LinkBox({ made, forWhom }: { made: NewInvitation; forWhom: string }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const link = window.location.origin + made.path;
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      setCopied(false); // not over https, or refused: the text is selected, so Ctrl+C does it
    }
  };
  return (
    <Notice tone="good" title={`Hand this link to ${forWhom}`} live="status">
      <div className={styles.form}>
        <p>It works once, until {dateAndTime(made.expires_at)}, and cannot be shown again. Nothing is sent by mail: copy it and send it yourself.</p>
        <div className={styles.link}>
          <input ref={field} readOnly value={link} aria-label="Link" onFocus={(event) => event.currentTarget.select()} />
          <Button size="sm" leftSection={<Icon name={isCopied ? "check" : "copy"} size={18} />} onClick={() => void copy()}>
            {isCopied ? "Copied" : "Copy"}
          </Button>
        </div>
      </div>
    </Notice>
  );
}
