/**
 * Which frame is on the screen at which moment. `timesS[n]` is the presentation time of frame n in seconds,
 * strictly increasing; steps may vary (variable frame rate). A frame is shown from its own time until the
 * next frame's. Nothing here divides by a frame rate.
 */
export type FrameTimes = readonly number[];

/** Half a millisecond: tables may be rounded to milliseconds. */
const ROUNDING_S = 0.0005;
/** How long a lone frame is taken to last where no neighbour tells. */
const LONE_FRAME_S = 1 / 25;

export function lastFrame(timesS: FrameTimes): number {
  return Math.max(0, timesS.length - 1);
}

export function clampFrame(timesS: FrameTimes, frame: number): number {
  if (!Number.isFinite(frame)) return 0;
  return Math.min(lastFrame(timesS), Math.max(0, Math.round(frame)));
}

/** The frame on the screen at `timeS`: the last one that has begun. Before the first it is the first. */
export function frameAt(timesS: FrameTimes, timeS: number): number {
  let low = 0;
  let high = timesS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesS[middle] ?? Infinity) <= timeS + ROUNDING_S) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/**
 * The frame whose presentation time is nearest to `mediaTimeS`, for requestVideoFrameCallback's mediaTime:
 * that is a presentation time already, give or take rounding on either side, so nearest beats "last begun".
 */
export function frameOfMediaTime(timesS: FrameTimes, mediaTimeS: number): number {
  const before = frameAt(timesS, mediaTimeS);
  const here = timesS[before];
  const next = timesS[before + 1];
  if (here === undefined || next === undefined) return before;
  return next - mediaTimeS < mediaTimeS - here ? before + 1 : before;
}

/** When the frame leaves the screen: the next frame's time, or for the last one the clip's end. */
export function frameEndS(timesS: FrameTimes, frame: number, durationS: number | null): number {
  const start = timesS[frame] ?? 0;
  const next = timesS[frame + 1];
  if (next !== undefined) return next;
  if (durationS !== null && durationS > start) return durationS;
  const previous = timesS[frame - 1];
  return start + (previous === undefined ? LONE_FRAME_S : start - previous);
}

/** The moment to seek to for showing exactly `frame`: the middle of its stay, safe from rounding at both ends. */
export function frameMiddleS(timesS: FrameTimes, frame: number, durationS: number | null): number {
  const start = timesS[frame] ?? 0;
  return start + (frameEndS(timesS, frame, durationS) - start) / 2;
}

/** Evenly spread times, for when the server's table cannot be had. The player then says it is inexact. */
export function evenTimes(frames: number, durationS: number): number[] {
  return Array.from({ length: Math.max(1, frames) }, (_, frame) => (frame * durationS) / Math.max(1, frames));
}

/** Whether a table can be trusted: finite, starting at 0 or later, strictly increasing. */
export function isFrameTable(timesS: FrameTimes): boolean {
  if (timesS.length === 0) return false;
  return timesS.every((time, frame) => Number.isFinite(time) && time >= 0 && (frame === 0 || time > (timesS[frame - 1] ?? 0)));
}

/** Length of the time axis in seconds. */
export function axisLengthS(timesS: FrameTimes, durationS: number | null): number {
  return Math.max(frameEndS(timesS, lastFrame(timesS), durationS), LONE_FRAME_S);
}
