"""Where a pixel lies as seen from the outline of a face: how far in or out, and on which side."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Points = NDArray[np.float32]

STEPS = (-0.24, -0.18, -0.13, -0.09, -0.05, -0.01, 0.03, 0.08, 0.14, 0.2)
"""Bounds of the zones along the outline's normal, in sides of the face; negative is inside."""

ZONES = len(STEPS) + 1
SIDES = 4  # upper, right, lower, left as the viewer sees them, by quadrants about the middle of the outline
FEWEST_PX = 12

REGIONS = {
    "inner face": slice(0, 2),
    "inner band": slice(2, 4),
    "edge": slice(4, 7),
    "ring": slice(7, 9),
    "outside": slice(9, 11),
}
"""Zones by name: the edge reaches from a twelfth inside of the outline to a thirtieth outside of it."""


@dataclass(frozen=True, eq=False)
class Zones:
    """number (h · w,) of each pixel's zone and side together, pixels (ZONES, SIDES) in each."""

    number: NDArray[np.int64]
    pixels: NDArray[np.float64]

    def mean(self, plane: Plane) -> NDArray[np.float64]:
        """Mean of plane (h, w) in each zone and side (ZONES, SIDES); where there are too few pixels, NaN."""
        sums = np.bincount(self.number, plane.ravel(), minlength=ZONES * SIDES).reshape(ZONES, SIDES)
        few = self.pixels < FEWEST_PX
        return np.where(few, np.nan, sums / np.maximum(self.pixels, 1))

    def pool(self, means: NDArray[np.float64], zones: slice, sides: tuple[int, ...] = (0, 1, 2, 3)) -> float:
        """The mean of means (ZONES, SIDES) over zones and sides, each by its pixels; NaN where there are none."""
        part, weights = means[zones, list(sides)], self.pixels[zones, list(sides)]
        known = np.isfinite(part)
        total = float(weights[known].sum())
        return float((part[known] * weights[known]).sum() / total) if total > 0 else float("nan")


def zones_of(outline: Points, size_px: int) -> Zones:
    """outline (n, 2) px, x before y, around the face in a square picture -> the zones of that picture."""
    inside = np.zeros((size_px, size_px), np.uint8)
    cv2.fillPoly(inside, [np.round(outline).astype(np.int32)], 1)
    inward = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    outward = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    low, high = outline.min(axis=0), outline.max(axis=0)
    face_px = max(float((high - low).max()), 8.0)
    depth = np.digitize((outward - inward) / face_px, STEPS)
    middle = (low + high) / 2
    x = (np.arange(size_px, dtype=np.float32) - middle[0])[None, :] / max(float(high[0] - low[0]), 8.0)
    y = (np.arange(size_px, dtype=np.float32) - middle[1])[:, None] / max(float(high[1] - low[1]), 8.0)
    upright, after = np.abs(y) >= np.abs(x), y >= 0
    side = np.where(upright, np.where(after, 2, 0), np.where(x >= 0, 1, 3))
    number = (depth * SIDES + side).ravel()
    pixels = np.bincount(number, minlength=ZONES * SIDES).reshape(ZONES, SIDES).astype(np.float64)
    return Zones(number, pixels)
