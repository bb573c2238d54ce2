import type { HistoryPoint } from "@/lib/models";

/** The chart's drawing, in px of a box `width` x `height` with room for the axes. */
export interface HistoryDrawing {
  posterior: string;
  people: string;
  band: string;
  dots: { x: number; y: number; nVotes: number }[];
  xTicks: { x: number; label: string }[];
  yTicks: { y: number; label: string }[];
}

export const MARGIN = { left: 44, right: 12, top: 10, bottom: 30 };

/** Whole numbers from 0 to `last`, at most seven of them. */
function voteTicks(last: number): number[] {
  const step = Math.max(1, Math.ceil(last / 6));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function path(points: { x: number; y: number }[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
}

/**
 * How the posterior moved with each vote. Along the line are votes, not hours: what changes a posterior is
 * evidence. Several points at one count (a refit, a new score) stand above each other. Where what detectors moved is
 * withheld, only the people's line is drawn.
 */
export function drawHistory(points: HistoryPoint[], width: number, height: number): HistoryDrawing {
  const last = Math.max(1, ...points.map((point) => point.n_votes));
  const x = (nVotes: number) => MARGIN.left + (nVotes / last) * (width - MARGIN.left - MARGIN.right);
  const y = (p: number) => MARGIN.top + (1 - p) * (height - MARGIN.top - MARGIN.bottom);
  const line = (pick: (point: HistoryPoint) => number | null) =>
    points.flatMap((point) => {
      const p = pick(point);
      return p === null ? [] : [{ x: x(point.n_votes), y: y(p), nVotes: point.n_votes }];
    });
  const posterior = line((point) => point.p_manipulated);
  const people = line((point) => point.p_manipulated_people);
  const upper = line((point) => point.high);
  const lower = line((point) => point.low).reverse();
  return {
    posterior: path(posterior),
    people: path(people),
    band: upper.length === 0 ? "" : `${path([...upper, ...lower])} Z`,
    dots: posterior.length === 0 ? people : posterior,
    xTicks: voteTicks(last).map((votes) => ({ x: x(votes), label: String(votes) })),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((p) => ({ y: y(p), label: `${p * 100} %` })),
  };
}
