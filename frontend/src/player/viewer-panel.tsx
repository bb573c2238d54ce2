import { Button } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import type { Region, ThumbnailStrip } from "@/lib/models";
import { Stage } from "./stage";
import { TimeAxis } from "./time-axis";
import { FrameCounter, LoopButton, SpeedChoice, TransportButtons, Volume, ZoomButtons } from "./transport";
import { usePlayerState } from "./use-player";
import type { Viewer } from "./use-viewer";
import { VideoPicture } from "./video-picture";
import styles from "./viewer.module.css";

export interface ViewerMedia {
  mediaUrl: string;
  posterUrl: string | null;
  thumbnailsUrl: string | null;
  thumbnails: ThumbnailStrip | null;
  hasAudio: boolean;
}

export interface ViewerPanelProps {
  viewer: Viewer;
  media: ViewerMedia;
  /** Left end of the line above the picture. */
  caption: ReactNode;
  regions?: Region[];
  onBoxDrawn?: ((box: Omit<Region, "frame">) => void) | null;
  /** Buttons for marking, beside the zoom. */
  tools?: ReactNode;
  /** Lanes under the storyboard. */
  lanes?: ReactNode;
  loop?: { canLoop: boolean; onToggle: () => void };
  /** Set while the picture is held back until somebody wants to see it. */
  onReveal?: (() => void) | null;
}

function Curtain({ onReveal }: { onReveal: () => void }): ReactElement {
  return (
    <div className={styles.curtain}>
      <p>This clip starts hidden, as you chose. It may show anything people film.</p>
      <Button onClick={onReveal} variant="default">
        Show the clip
      </Button>
    </div>
  );
}

function PlaybackNews({ viewer }: { viewer: Viewer }): ReactElement | null {
  const failed = usePlayerState(viewer.player, (state) => state.failed);
  const waiting = usePlayerState(viewer.player, (state) => state.waiting);
  if (failed) {
    return (
      <div className={styles.news} role="alert">
        The clip does not play here. Reload the page; if that does not help, skip it with “does not play”.
      </div>
    );
  }
  return waiting ? (
    <div className={styles.news} role="status">
      Loading…
    </div>
  ) : null;
}

function VideoPanel(props: ViewerPanelProps): ReactElement {
  const { viewer, media, caption, regions = [], onBoxDrawn = null, tools, lanes, loop, onReveal = null } = props;
  const { player } = viewer;
  const playing = usePlayerState(player, (state) => state.playing);
  const frame = usePlayerState(player, (state) => state.frame);
  const shown = playing ? [] : regions.filter((region) => region.frame === frame);
  const overlay = onReveal === null ? <PlaybackNews viewer={viewer} /> : <Curtain onReveal={onReveal} />;
  return (
    <section className={styles.viewer} aria-label="Player" data-testid="viewer">
      <div className={styles.top}>
        {caption}
        <FrameCounter player={player} />
      </div>
      <Stage viewer={viewer} regions={shown} onBoxDrawn={onBoxDrawn} onClick={() => player.togglePlay()} wheelZooms={!playing && onReveal === null} overlay={overlay}>
        <VideoPicture player={player} url={media.mediaUrl} posterUrl={onReveal === null ? media.posterUrl : null} />
      </Stage>
      {viewer.exact ? null : (
        <p className={styles.inexact} role="status">
          The table of frame times could not be loaded: frame numbers are estimates.
        </p>
      )}
      <div className={styles.bottom}>
        <TransportButtons player={player} />
        <SpeedChoice player={player} />
        {loop === undefined ? null : <LoopButton player={player} canLoop={loop.canLoop} onToggle={loop.onToggle} />}
        {tools}
        <span className={styles.spring} />
        <ZoomButtons zoom={viewer.zoom} />
        <Volume player={player} hasAudio={media.hasAudio} />
      </div>
      <TimeAxis player={player} thumbnailsUrl={onReveal === null ? media.thumbnailsUrl : null} thumbnails={media.thumbnails}>
        {lanes}
      </TimeAxis>
    </section>
  );
}

function ImagePanel(props: ViewerPanelProps): ReactElement {
  const { viewer, media, caption, regions = [], onBoxDrawn = null, tools, onReveal = null } = props;
  return (
    <section className={styles.viewer} aria-label="Picture" data-testid="viewer">
      <div className={styles.top}>{caption}</div>
      <Stage viewer={viewer} regions={regions} onBoxDrawn={onBoxDrawn} onClick={() => undefined} wheelZooms={onReveal === null} overlay={onReveal === null ? null : <Curtain onReveal={onReveal} />}>
        {onReveal === null ? <img src={media.mediaUrl} alt="The picture to judge" draggable={false} data-testid="image" /> : null}
      </Stage>
      <div className={styles.bottom}>
        <ZoomButtons zoom={viewer.zoom} />
        <span className={styles.spring} />
        {tools}
      </div>
    </section>
  );
}

/** Shows one clip: the video with everything of time, or the picture with everything of place. */
export function ViewerPanel(props: ViewerPanelProps): ReactElement {
  return props.viewer.clip.kind === "image" ? <ImagePanel {...props} /> : <VideoPanel {...props} />;
}
