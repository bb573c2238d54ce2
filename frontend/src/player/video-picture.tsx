import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import type { PlayerController } from "./player-controller";
import styles from "./viewer.module.css";
import { usePlayerState } from "./use-player";

interface VideoPictureProps {
  player: PlayerController;
  url: string;
  posterUrl: string | null;
}

/**
 * The native video, without its own controls. The poster is a picture on top that goes away with the first
 * frame, not the `poster` attribute: that one stays until the first play, and may show another frame than 0.
 */
export function VideoPicture({ player, url, posterUrl }: VideoPictureProps): ReactElement {
  const ref = useRef<HTMLVideoElement>(null);
  const ready = usePlayerState(player, (state) => state.ready);
  useEffect(() => (ref.current === null ? undefined : player.attach(ref.current)), [player]);
  return (
    <>
      <video ref={ref} src={url} preload="auto" playsInline disablePictureInPicture disableRemotePlayback tabIndex={-1} aria-label="The clip" data-testid="video" />
      {ready || posterUrl === null ? null : <img src={posterUrl} alt="" className={styles.poster} draggable={false} />}
    </>
  );
}
