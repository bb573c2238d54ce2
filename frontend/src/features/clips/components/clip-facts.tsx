import type { ReactElement, ReactNode } from "react";
import { dateAndTime, duration, fileSize } from "@/lib/format";
import type { Clip } from "@/lib/models";
import styles from "./clip-page.module.css";

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function shape(clip: Clip): string {
  if (clip.width === null || clip.height === null) return "not known yet";
  return `${clip.width} × ${clip.height} px`;
}

/** What is known about the file, without judging it. */
export function ClipFacts({ clip }: { clip: Clip }): ReactElement {
  return (
    <dl className={styles.facts}>
      <Fact name="Kind">{clip.kind ?? "not known yet"}</Fact>
      {clip.kind === "video" ? (
        <Fact name="Length">
          {duration(clip.duration_s)}, {clip.frames ?? "?"} frames
        </Fact>
      ) : null}
      <Fact name="Size">
        {shape(clip)}, {fileSize(clip.size_bytes)}
      </Fact>
      {clip.kind === "video" ? <Fact name="Sound">{clip.has_audio === true ? "yes" : "none"}</Fact> : null}
      <Fact name="Uploaded">{dateAndTime(clip.uploaded_at)}</Fact>
      <Fact name="Source">{clip.source ?? "not said"}</Fact>
      <Fact name="Licence">{clip.licence ?? "not said"}</Fact>
      <Fact name="SHA-256">
        <code className={styles.hash}>{clip.sha256}</code>
      </Fact>
    </dl>
  );
}
