import type { CSSProperties, ReactElement } from "react";
import { FindingsLane } from "@/components/clip/findings-lane";
import type { DisputeCase, Region } from "@/lib/models";
import { releasePointerFocus, useShortcuts } from "@/player/use-shortcuts";
import type { Viewer } from "@/player/use-viewer";
import { ViewerPanel } from "@/player/viewer-panel";
import styles from "./case-view.module.css";
import { VoteLanes } from "./vote-lanes";

interface CasePlayerProps {
  dispute: DisputeCase;
  mediaUrl: string;
  viewer: Viewer;
  chosen: number | null;
  onMark: (voteIndex: number, frame: number) => void;
}

/** Boxes of the chosen vote, or of all. */
function regionsOf({ votes }: DisputeCase, chosen: number | null): Region[] {
  return votes.filter((_, index) => chosen === null || index === chosen).flatMap((vote) => vote.regions);
}

/** The clip with every vote as a row on its time axis. */
export function CasePlayer({ dispute, mediaUrl, viewer, chosen, onMark }: CasePlayerProps): ReactElement {
  const { clip, votes } = dispute;
  useShortcuts(true, viewer.run);
  return (
    <div className={styles.player} style={{ "--cj-shape": viewer.clip.height / viewer.clip.width } as CSSProperties} onClick={releasePointerFocus}>
      <ViewerPanel
        viewer={viewer}
        media={{ mediaUrl, posterUrl: clip.poster_url, thumbnailsUrl: null, thumbnails: null, hasAudio: clip.has_audio ?? false }}
        caption={<span className={styles.caption}>As reviewers saw it</span>}
        regions={regionsOf(dispute, chosen)}
        lanes={
          <>
            {votes.length === 0 ? null : <VoteLanes player={viewer.player} votes={votes} chosen={chosen} onMark={onMark} />}
            {dispute.evidence === null ? null : <FindingsLane player={viewer.player} scores={dispute.evidence.scores} />}
          </>
        }
      />
    </div>
  );
}
