import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { CSSProperties, ReactElement, RefObject } from "react";
import { useSearchParams } from "react-router";
import { FindingsLane } from "@/components/clip/findings-lane";
import { clipFramesQuery } from "@/lib/clip-frames";
import type { Clip, ClipVote, Score } from "@/lib/models";
import type { FrameTimes } from "@/player/frame-index";
import { releasePointerFocus, useShortcuts } from "@/player/use-shortcuts";
import { useViewer } from "@/player/use-viewer";
import { ViewerPanel } from "@/player/viewer-panel";
import { startFrameOf, useStartFrame } from "../hooks/use-start-frame";
import styles from "./clip-page.module.css";
import { VotesLane } from "./votes-lane";

/** Shows a frame in the player; null while there is no player. */
export type SeekRef = RefObject<((frame: number) => void) | null>;

interface ClipPlayerProps {
  clip: Clip;
  mediaUrl: string;
  votes: ClipVote[] | null;
  scores: Score[];
  seekRef: SeekRef;
}

function ReadyPlayer({ clip, mediaUrl, votes, scores, seekRef, frameTimes }: ClipPlayerProps & { frameTimes: FrameTimes | null }): ReactElement {
  const playable = useMemo(
    () => ({
      id: clip.id,
      kind: clip.kind ?? ("video" as const),
      durationS: clip.duration_s,
      width: clip.width ?? 16,
      height: clip.height ?? 9,
      frames: frameTimes?.length ?? clip.frames ?? 1,
    }),
    [clip.id, clip.kind, clip.duration_s, clip.width, clip.height, clip.frames, frameTimes],
  );
  const viewer = useViewer(playable, frameTimes);
  const { player } = viewer;
  const [query] = useSearchParams();
  useStartFrame(player, startFrameOf(query.get("frame"), playable.frames));
  useShortcuts(true, viewer.run);
  useEffect(() => {
    seekRef.current = (frame) => {
      player.pause();
      player.seekToFrame(frame);
    };
    return () => {
      seekRef.current = null;
    };
  }, [player, seekRef]);
  return (
    <div className={styles.player} style={{ "--cj-shape": playable.height / playable.width } as CSSProperties} onClick={releasePointerFocus}>
      <ViewerPanel
        viewer={viewer}
        media={{ mediaUrl, posterUrl: clip.poster_url, thumbnailsUrl: null, thumbnails: null, hasAudio: clip.has_audio ?? false }}
        caption={<span className={styles.caption}>{clip.kind === "image" ? "Picture" : "Preview, made from the upload"}</span>}
        lanes={
          votes === null ? null : (
            <>
              <VotesLane player={viewer.player} votes={votes} />
              <FindingsLane player={viewer.player} scores={scores} />
            </>
          )
        }
      />
    </div>
  );
}

/** The clip, as reviewers saw it. */
export function ClipPlayer(props: ClipPlayerProps): ReactElement {
  const isVideo = props.clip.kind !== "image";
  const frames = useQuery({ ...clipFramesQuery(props.clip.id), enabled: isVideo });
  if (isVideo && frames.isPending) return <Skeleton className={styles.player ?? ""} height={420} radius={0} />;
  return <ReadyPlayer {...props} frameTimes={frames.data ?? null} />;
}
