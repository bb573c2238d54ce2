import { useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import { cx } from "@/lib/cx";
import type { Region } from "@/lib/models";
import styles from "./stage.module.css";
import { useStagePointer } from "./use-stage-pointer";
import type { Viewer } from "./use-viewer";
import { useWheelZoom } from "./use-zoom";

interface StageProps {
  viewer: Viewer;
  /** The video or the picture. */
  children: ReactNode;
  /** Boxes to show on the current picture. */
  regions: Omit<Region, "frame">[];
  /** While set, a drag draws a box instead of moving the picture. */
  onBoxDrawn: ((box: Omit<Region, "frame">) => void) | null;
  /** A click or tap on the picture. */
  onClick: () => void;
  /** False while playing: then the wheel scrolls the page as everywhere. */
  wheelZooms: boolean;
  overlay?: ReactNode;
}

/** The lit place: one picture, as large as fits, that can be zoomed, moved and drawn upon. */
export function Stage({ viewer, children, regions, onBoxDrawn, onClick, wheelZooms, overlay }: StageProps): ReactElement {
  const { zoom, stageSize, roomRef } = viewer;
  const stageRef = useRef<HTMLDivElement>(null);
  const isDrawing = onBoxDrawn !== null;
  useWheelZoom(stageRef, wheelZooms, zoom.zoomAround);
  const { box, handlers } = useStagePointer({ viewer, isDrawing, onBox: (drawn) => onBoxDrawn?.(drawn), onClick });
  const zoomed = zoom.view.scale > 1;
  const { scale, x, y } = zoom.view;
  return (
    <div className={styles.room}>
      <div className={styles.measure} ref={roomRef} />
      <div
        ref={stageRef}
        className={cx(styles.stage, zoomed && styles.zoomed, isDrawing && styles.drawing)}
        style={{ width: stageSize.width, height: stageSize.height }}
        data-testid="stage"
        {...handlers}
      >
        <div className={styles.picture} style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
          {children}
          <svg className={styles.regions} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden>
            {[...regions, ...(box === null ? [] : [box])].map((region, index) => (
              <rect key={index} x={region.x} y={region.y} width={region.width} height={region.height} vectorEffect="non-scaling-stroke" />
            ))}
          </svg>
        </div>
      </div>
      {overlay}
    </div>
  );
}
