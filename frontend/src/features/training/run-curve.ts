import type { TrainingPoint } from "@/lib/models";

/** A run's curves in px of a box `width` x `height`: loss on its own scale, AUC from 0.5 to 1. */
export interface RunDrawing {
  loss: string;
  auc: string;
  lastStep: number;
  lossTop: number;
}

export const MARGIN = { left: 40, right: 40, top: 10, bottom: 26 };

function path(points: { x: number; y: number }[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
}

/** How loss (falling) and validation AUC (rising, if all goes well) moved with each evaluation. */
export function drawRun(points: TrainingPoint[], width: number, height: number): RunDrawing {
  const lastStep = Math.max(1, ...points.map((point) => point.step));
  const lossTop = Math.max(0.1, ...points.flatMap((point) => [point.loss, point.validation_loss ?? 0]));
  const x = (step: number) => MARGIN.left + (step / lastStep) * (width - MARGIN.left - MARGIN.right);
  const y = (share: number) => MARGIN.top + (1 - Math.min(1, Math.max(0, share))) * (height - MARGIN.top - MARGIN.bottom);
  return {
    loss: path(points.map((point) => ({ x: x(point.step), y: y((point.validation_loss ?? point.loss) / lossTop) }))),
    auc: path(points.flatMap((point) => (point.validation_auc === null ? [] : [{ x: x(point.step), y: y((point.validation_auc - 0.5) * 2) }]))),
    lastStep,
    lossTop,
  };
}
