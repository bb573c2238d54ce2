/** How the picture is enlarged: `scale` times, its centre moved by x and y (px of the stage). */
export interface ZoomView {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const WHOLE: ZoomView = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 12;

/** Keeps the picture over the stage: never a gap at an edge. */
export function clampView({ scale, x, y }: ZoomView, stage: Size): ZoomView {
  const kept = Math.min(MAX_SCALE, Math.max(1, scale));
  const roomX = ((kept - 1) * stage.width) / 2;
  const roomY = ((kept - 1) * stage.height) / 2;
  const within = (value: number, room: number) => Math.min(room, Math.max(-room, value)) + 0;
  return { scale: kept, x: within(x, roomX), y: within(y, roomY) };
}

/** Enlarges by `factor`, keeping the point under the pointer where it is. `point` is px from the stage's centre. */
export function zoomAt(view: ZoomView, factor: number, point: { x: number; y: number }, stage: Size): ZoomView {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  return clampView({ scale, x: point.x - (point.x - view.x) * ratio, y: point.y - (point.y - view.y) * ratio }, stage);
}

export function panBy(view: ZoomView, dx: number, dy: number, stage: Size): ZoomView {
  return clampView({ ...view, x: view.x + dx, y: view.y + dy }, stage);
}

/** The largest size of the picture's shape that fits into `room`. */
export function fitInto(picture: Size, room: Size): Size {
  if (picture.width <= 0 || picture.height <= 0 || room.width <= 0 || room.height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  return { width: Math.floor(picture.width * scale), height: Math.floor(picture.height * scale) };
}

/** A drag between two points of the stage (px from its top left corner) as fractions of the picture. */
export function boxFromDrag(
  from: { x: number; y: number },
  to: { x: number; y: number },
  view: ZoomView,
  stage: Size,
): { x: number; y: number; width: number; height: number } {
  const fraction = (value: number, shift: number, length: number) =>
    Math.min(1, Math.max(0, (value - length / 2 - shift) / (view.scale * length) + 0.5));
  const x = [from.x, to.x].map((value) => fraction(value, view.x, stage.width));
  const y = [from.y, to.y].map((value) => fraction(value, view.y, stage.height));
  const [left, top] = [Math.min(...x), Math.min(...y)];
  return { x: left, y: top, width: Math.max(...x) - left, height: Math.max(...y) - top };
}
