import { describe, expect, it } from "vitest";
import { boxFromDrag, clampView, fitInto, MAX_SCALE, panBy, WHOLE, zoomAt } from "./zoom";

const stage = { width: 800, height: 400 };

describe("zoomAt", () => {
  it("keeps the point under the pointer where it is", () => {
    const point = { x: 120, y: -60 };
    const before = { scale: 2, x: 30, y: 10 };
    const after = zoomAt(before, 1.5, point, stage);
    const under = (view: typeof before) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale });
    expect(under(after).x).toBeCloseTo(under(before).x);
    expect(under(after).y).toBeCloseTo(under(before).y);
  });
  it("comes back to the whole picture and stops at the largest scale", () => {
    expect(zoomAt({ scale: 2, x: 300, y: 100 }, 0.01, { x: 5, y: 5 }, stage)).toEqual(WHOLE);
    expect(zoomAt(WHOLE, 1000, { x: 0, y: 0 }, stage).scale).toBe(MAX_SCALE);
  });
});

describe("panBy", () => {
  it("never shows a gap at the edge", () => {
    expect(panBy({ scale: 2, x: 0, y: 0 }, 9999, -9999, stage)).toEqual({ scale: 2, x: 400, y: -200 });
    expect(clampView({ scale: 1, x: 50, y: 50 }, stage)).toEqual(WHOLE);
  });
});

describe("fitInto", () => {
  it("fits landscape and portrait pictures", () => {
    expect(fitInto({ width: 1920, height: 1080 }, { width: 960, height: 900 })).toEqual({ width: 960, height: 540 });
    expect(fitInto({ width: 360, height: 640 }, { width: 960, height: 320 })).toEqual({ width: 180, height: 320 });
    expect(fitInto({ width: 0, height: 10 }, stage)).toEqual({ width: 0, height: 0 });
  });
});

describe("boxFromDrag", () => {
  it("gives fractions of the picture whichever way it is dragged", () => {
    const box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
    expect(boxFromDrag({ x: 200, y: 100 }, { x: 600, y: 300 }, WHOLE, stage)).toEqual(box);
    expect(boxFromDrag({ x: 600, y: 300 }, { x: 200, y: 100 }, WHOLE, stage)).toEqual(box);
  });
  it("sees through the zoom and stays inside the picture", () => {
    expect(boxFromDrag({ x: 0, y: 0 }, { x: 800, y: 400 }, { scale: 2, x: 0, y: 0 }, stage)).toEqual({ x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
    expect(boxFromDrag({ x: -50, y: -50 }, { x: 900, y: 500 }, WHOLE, stage)).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  });
});
