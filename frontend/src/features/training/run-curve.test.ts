import { expect, test } from "vitest";
import { drawRun, MARGIN } from "./run-curve";

const point = (step: number, loss: number, auc: number | null) => ({ step, seconds: step, loss, validation_loss: loss, validation_auc: auc });

test("a falling loss falls on the page and a rising AUC rises", () => {
  const drawing = drawRun([point(10, 1, 0.5), point(20, 0.5, 1)], 200, 100);
  expect(drawing.loss).toBe(`M100.0 ${MARGIN.top}.0 L160.0 42.0`);
  expect(drawing.auc).toBe("M100.0 74.0 L160.0 10.0");
  expect(drawing.lastStep).toBe(20);
});

test("an AUC that could not be measured draws no point, one below chance stays in the box", () => {
  expect(drawRun([point(10, 1, null)], 200, 100).auc).toBe("");
  expect(drawRun([point(10, 1, 0.2)], 200, 100).auc).toBe("M160.0 74.0");
});

test("no point is no curve", () => {
  expect(drawRun([], 200, 100)).toMatchObject({ loss: "", auc: "" });
});
