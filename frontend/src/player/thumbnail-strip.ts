import type { ThumbnailStrip } from "@/lib/models";

/** One picture of the storyboard lane: where its tile lies in the strip (px), and its moment. */
export interface Tile {
  column: number;
  row: number;
  timeS: number;
}

/** How many pictures fit side by side on a lane, each no narrower than its own shape at the lane's height. */
export function tileCount(laneWidth: number, laneHeight: number, strip: ThumbnailStrip): number {
  if (strip.count === 0 || strip.height <= 0 || laneWidth <= 0) return 0;
  const tileWidth = (laneHeight * strip.width) / strip.height;
  return Math.max(1, Math.min(strip.count, Math.floor(laneWidth / Math.max(1, tileWidth))));
}

/** The tiles for `count` equal slots along `lengthS`: in each slot the thumbnail nearest to its middle. */
export function tilesFor(count: number, lengthS: number, strip: ThumbnailStrip): Tile[] {
  return Array.from({ length: count }, (_, slot) => {
    const wanted = ((slot + 0.5) * lengthS) / count;
    const index = nearestIndex(strip.times_s, wanted, strip.count);
    return { column: index % strip.columns, row: Math.floor(index / strip.columns), timeS: strip.times_s[index] ?? 0 };
  });
}

function nearestIndex(timesS: readonly number[], wanted: number, count: number): number {
  let best = 0;
  for (let index = 1; index < Math.min(count, timesS.length); index += 1) {
    if (Math.abs((timesS[index] ?? Infinity) - wanted) < Math.abs((timesS[best] ?? Infinity) - wanted)) best = index;
  }
  return best;
}
