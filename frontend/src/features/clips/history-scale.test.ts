import { describe, expect, it } from "vitest";
import { drawHistory, MARGIN } from "./history-scale";

const point = (n_votes: number, p: number) => ({ at: "2026-05-01T12:00:00Z", n_votes, p_manipulated: p, p_manipulated_people: p / 2, low: p - 0.1, high: p + 0.1 });

describe("drawHistory", () => {
  it("puts certainty at the top, none at the bottom, and the last vote at the right edge", () => {
    const { dots } = drawHistory([point(0, 0.5), point(4, 1)], 400, 200);
    expect(dots[1]).toMatchObject({ x: 400 - MARGIN.right, y: MARGIN.top });
    expect(dots[0]).toMatchObject({ x: MARGIN.left, y: MARGIN.top + (200 - MARGIN.top - MARGIN.bottom) / 2 });
  });
  it("closes the interval's band", () => {
    expect(drawHistory([point(0, 0.5), point(1, 0.6)], 400, 200).band).toMatch(/^M.*L.*L.*L.* Z$/);
  });
  it("labels whole votes only, and few of them", () => {
    const labels = drawHistory([point(12, 0.9)], 400, 200).xTicks.map(({ label }) => label);
    expect(labels).toEqual(["0", "2", "4", "6", "8", "10", "12"]);
  });
  it("draws the people alone where the rest is withheld", () => {
    const withheld = [point(0, 0.5), point(2, 0.9)].map((one) => ({ ...one, p_manipulated: null, low: null, high: null }));
    const drawing = drawHistory(withheld, 400, 200);
    expect(drawing).toMatchObject({ posterior: "", band: "" });
    expect(drawing.people).not.toBe("");
    expect(drawing.dots).toHaveLength(2);
  });
  it("draws nothing, and breaks nothing, without a history", () => {
    expect(drawHistory([], 400, 200)).toMatchObject({ posterior: "", people: "", band: "", dots: [] });
  });
});
