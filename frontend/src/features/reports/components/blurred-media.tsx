import { Button } from "@mantine/core";
import { useState } from "react";
import type { ReactElement } from "react";
import type { ReportCase } from "@/lib/models";
import styles from "@/components/clip/reported-case.module.css";

/** Nothing is fetched before it is asked for; then a blurred still; then the clip, which never plays by itself. */
export function BlurredMedia({ found }: { found: ReportCase }): ReactElement {
  const [step, setStep] = useState<"hidden" | "blurred" | "shown">("hidden");
  if (found.media_url === null || found.poster_url === null) return <p className={styles.quiet}>There is no preview of this clip (yet).</p>;
  if (step === "hidden") {
    return (
      <div className={styles.veil}>
        <p>The clip is not shown until you ask. Often the reports are enough to decide.</p>
        <Button variant="default" onClick={() => setStep("blurred")}>
          Show it blurred
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.media}>
      {step === "blurred" ? (
        <span className={styles.clipped}>
          <img className={styles.blurred} src={found.poster_url} alt="A blurred still of the reported clip" />
        </span>
      ) : found.kind === "image" ? (
        <img src={found.media_url} alt="The reported picture" />
      ) : (
        <video src={found.media_url} poster={found.poster_url} controls muted preload="metadata" aria-label="The reported clip, muted" />
      )}
      <div className={styles.row}>
        <Button size="xs" variant="default" onClick={() => setStep("hidden")}>
          Hide it
        </Button>
        {step === "blurred" ? (
          <Button size="xs" variant="default" onClick={() => setStep("shown")}>
            Show it clearly
          </Button>
        ) : null}
      </div>
    </div>
  );
}
