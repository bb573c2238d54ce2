import { describe, expect, it } from "vitest";
import { tileCount, tilesFor } from "./thumbnail-strip";

const strip = { count: 8, columns: 4, width: 160, height: 90, times_s: [0, 1, 2, 3, 4, 5, 6, 7] };

describe("the storyboard", () => {
  it("shows as many pictures as fit without squeezing them", () => {
    expect(tileCount(800, 45, strip)).toBe(8);
    expect(tileCount(400, 45, strip)).toBe(5);
    expect(tileCount(30, 45, strip)).toBe(1);
    expect(tileCount(0, 45, strip)).toBe(0);
  });
  it("puts the picture nearest to each slot's middle", () => {
    const tiles = tilesFor(4, 8, strip);
    expect(tiles.map(({ timeS }) => timeS)).toEqual([1, 3, 5, 7]);
    expect(tiles[3]).toEqual({ column: 3, row: 1, timeS: 7 });
  });
});
