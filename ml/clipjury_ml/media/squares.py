"""Squares around faces, and cutting a square out of a picture at another size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]  # uint8 or float32, (h, w) or (h, w, 3)

HULL_PER_BOX = 0.872  # landmark hull's longer side / face box's longer side: mean of 60 portraits, sd .034
HULL_BELOW_BOX = 0.05  # the hull's centre lies this share of the box's longer side below the box's centre


def crop_square(box_xywh_px: Sequence[float], margin: float) -> tuple[float, float, float]:
    """Left, top and side in px of the square that is margin × the landmark hull expected in a face box."""
    x, y, width, height = box_xywh_px
    longer = max(width, height)
    side = longer * HULL_PER_BOX * margin
    return x + width / 2 - side / 2, y + height / 2 + longer * HULL_BELOW_BOX - side / 2, side


def cut_square(image: Pixels, left_px: float, top_px: float, side_px: float, size_px: int) -> Pixels:
    """Cut a square of image (h, w[, 3]), mirrored past the image's edge, and bring it to (size, size[, 3])."""
    scale = size_px / side_px
    if scale < 0.9:
        image, left_px, top_px = _smooth_around(image, left_px, top_px, side_px, scale)
    matrix = np.array([[scale, 0, -left_px * scale], [0, scale, -top_px * scale]])
    size = (size_px, size_px)
    return np.asarray(
        cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    )


def _smooth_around(
    image: Pixels, left_px: float, top_px: float, side_px: float, scale: float
) -> tuple[Pixels, float, float]:
    """Smooth the square and what surrounds it: warpAffine samples points, a shrinking crop would alias."""
    reach = int(2 / scale) + 2 + round(side_px / 2)
    height, width = image.shape[:2]
    x0, y0 = max(0, int(left_px) - reach), max(0, int(top_px) - reach)
    x1, y1 = min(width, int(left_px + side_px) + reach), min(height, int(top_px + side_px) + reach)
    smooth = cv2.GaussianBlur(image[y0:y1, x0:x1], (0, 0), 0.45 * (1 / scale**2 - 0.8) ** 0.5)
    return np.asarray(smooth), left_px - x0, top_px - y0
