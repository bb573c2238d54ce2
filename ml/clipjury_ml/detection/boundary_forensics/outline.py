"""The outline of the face in a crop, by the landmark regressor."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.landmarks.network import CROP_PX, find_points
from clipjury_ml.detection.landmarks.points import HULL
from clipjury_ml.media.squares import cut_square

Image = NDArray[np.uint8]
Points = NDArray[np.float32]

MARGIN = 1.3
"""Of the crops that the regressor was trained on."""


def find_outlines(crops: Image, margin: float) -> Points:
    """Crops (n, s, s, 3) uint8 RGB at margin × the face's hull -> their faces' outlines (n, 36, 2) px of the crop."""
    size_px = crops.shape[1]
    side_px = size_px * MARGIN / margin
    corner_px = (size_px - side_px) / 2
    greys = [cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY) for crop in crops]
    small = [cut_square(grey, corner_px, corner_px, side_px, CROP_PX) for grey in greys]
    found = find_points(np.stack(small) if small else np.zeros((0, CROP_PX, CROP_PX), np.uint8))[:, HULL]
    return np.asarray(found * (side_px / CROP_PX) + corner_px, np.float32)
