import { useRef, useState } from "react";
import type { PointerEvent } from "react";
import type { Region } from "@/lib/models";
import type { Viewer } from "./use-viewer";
import { boxFromDrag } from "./zoom";

const CLICK_SLOP_PX = 5;
/** Boxes smaller than this share of the picture are slips of the hand. */
const SMALLEST_BOX = 0.01;

type Box = Omit<Region, "frame">;

interface Point {
  x: number;
  y: number;
}

interface StagePointer {
  /** The box being drawn now. */
  box: Box | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: (event: PointerEvent<HTMLElement>) => void;
  };
}

interface Options {
  viewer: Viewer;
  isDrawing: boolean;
  onBox: (box: Box) => void;
  onClick: () => void;
}

function at(event: PointerEvent<HTMLElement>): Point {
  const frame = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - frame.left, y: event.clientY - frame.top };
}

function between(points: Point[]): { centre: Point; spread: number } {
  const [a, b] = [points[0] ?? { x: 0, y: 0 }, points[1] ?? { x: 0, y: 0 }];
  return { centre: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, spread: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
}

/** One pointer draws, pans or clicks; two pinch. */
export function useStagePointer({ viewer, isDrawing, onBox, onClick }: Options): StagePointer {
  const { zoom, stageSize } = viewer;
  const pointers = useRef(new Map<number, Point>());
  const start = useRef<Point | null>(null);
  const moved = useRef(false);
  const [box, setBox] = useState<Box | null>(null);

  const pinch = (before: Point[]) => {
    const old = between(before);
    const now = between([...pointers.current.values()]);
    zoom.zoomAround(now.spread / old.spread, { x: now.centre.x - stageSize.width / 2, y: now.centre.y - stageSize.height / 2 });
    zoom.pan(now.centre.x - old.centre.x, now.centre.y - old.centre.y);
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, at(event));
    moved.current = pointers.current.size > 1;
    start.current = at(event);
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const last = pointers.current.get(event.pointerId);
    if (last === undefined || start.current === null) return;
    const before = [...pointers.current.values()];
    const here = at(event);
    pointers.current.set(event.pointerId, here);
    if (Math.hypot(here.x - start.current.x, here.y - start.current.y) > CLICK_SLOP_PX) moved.current = true;
    if (pointers.current.size > 1) pinch(before);
    else if (isDrawing) setBox(boxFromDrag(start.current, here, zoom.view, stageSize));
    else if (moved.current) zoom.pan(here.x - last.x, here.y - last.y);
  };

  const forget = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
    setBox(null);
  };

  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const known = pointers.current.has(event.pointerId);
    forget(event);
    if (!known) return;
    if (isDrawing && box !== null) {
      if (box.width >= SMALLEST_BOX && box.height >= SMALLEST_BOX) onBox(box);
    } else if (!moved.current) onClick();
  };

  return { box, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: forget } };
}
