import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge, StateBadge } from "@/components/clip/badges";
import { ReportButton } from "@/components/clip/report-button";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import { ago, duration, shortId } from "@/lib/format";
import type { Clip } from "@/lib/models";
import styles from "./clip-grid.module.css";

/** A clip's name on the screen: its file's name where we may know it, else the start of its id. */
export function clipName(clip: Pick<Clip, "id" | "original_name">): string {
  return clip.original_name ?? `Clip ${shortId(clip.id)}`;
}

function Poster({ clip }: { clip: Clip }): ReactElement {
  if (clip.poster_url === null) {
    return (
      <span className={styles.blank}>
        <Icon name={clip.kind === "image" ? "image" : "film"} size={30} />
      </span>
    );
  }
  return <img className={styles.poster} src={clip.poster_url} alt="" loading="lazy" />;
}

/** Clips as cards: poster, name, state, outcome. */
export function ClipGrid({ clips, nowMs }: { clips: Clip[]; nowMs: number }): ReactElement {
  return (
    <ul className={styles.grid} aria-label="Clips">
      {clips.map((clip) => (
        <li key={clip.id} className={styles.cell}>
          <Link to={`/clips/${clip.id}`} className={styles.link}>
            <span className={styles.frame}>
              <Poster clip={clip} />
              <span className={styles.length}>{clip.kind === "image" ? "picture" : duration(clip.duration_s)}</span>
            </span>
            <span className={styles.name}>{clipName(clip)}</span>
          </Link>
          <span className={styles.badges}>
            {clip.outcome === null ? <StateBadge state={clip.state} /> : <OutcomeBadge outcome={clip.outcome} />}
            {clip.is_mine ? <Badge icon="user">mine</Badge> : null}
            {clip.simulated ? <SimulatedBadge /> : null}
          </span>
          <span className={styles.foot}>
            <span className={styles.when}>uploaded {ago(clip.uploaded_at, nowMs)}</span>
            <ReportButton clipId={clip.id} name={clipName(clip)} />
          </span>
        </li>
      ))}
    </ul>
  );
}
