import { useCallback, useEffect, useMemo, useState } from "react";
import type { RefObject } from "react";
import { clampView, panBy, WHOLE, zoomAt } from "./zoom";
import type { Size, ZoomView } from "./zoom";

const STEP = 1.5;

export interface Zoom {
  view: ZoomView;
  zoomIn: () => void;
  zoomOut: () => void;
  reset: () => void;
  pan: (dx: number, dy: number) => void;
  /** Enlarges around a point, px from the stage's centre. */
  zoomAround: (factor: number, point: { x: number; y: number }) => void;
}

/** The zoom of one stage. `clipId` changing brings back the whole picture. */
export function useZoom(stage: Size, clipId: string): Zoom {
  const [state, setState] = useState<{ clipId: string; view: ZoomView }>({ clipId, view: WHOLE });
  const view = useMemo(() => (state.clipId === clipId ? clampView(state.view, stage) : WHOLE), [state, clipId, stage]);
  const change = useCallback(
    (next: (view: ZoomView) => ZoomView) =>
      setState((old) => ({ clipId, view: next(old.clipId === clipId ? clampView(old.view, stage) : WHOLE) })),
    [clipId, stage],
  );
  return useMemo(() => {
    const zoomAround: Zoom["zoomAround"] = (factor, point) => change((old) => zoomAt(old, factor, point, stage));
    return {
      view,
      zoomAround,
      zoomIn: () => zoomAround(STEP, { x: 0, y: 0 }),
      zoomOut: () => zoomAround(1 / STEP, { x: 0, y: 0 }),
      reset: () => change(() => WHOLE),
      pan: (dx, dy) => change((old) => panBy(old, dx, dy, stage)),
    };
  }, [view, change, stage]);
}

/** Wheel to zoom. React listens passively, and a passive listener cannot keep the page from scrolling. */
export function useWheelZoom(ref: RefObject<HTMLElement | null>, enabled: boolean, zoomAround: Zoom["zoomAround"]): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null || !enabled) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
      zoomAround(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.06 : 0.0022)), point);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [ref, enabled, zoomAround]);
}
