"""The upright square in which swapping tools see a face: five points brought onto a fixed template."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float32]
Matrix = NDArray[np.float64]

TEMPLATE = np.array(
    [[0.342, 0.461], [0.656, 0.459], [0.500, 0.640], [0.371, 0.825], [0.631, 0.823]], dtype=np.float64
)
"""Eyes, nose, mouth corners in a unit square, as face-recognition networks are fed (ArcFace, Deng et al. 2019)."""

CLOSE, WHOLE = 1.0, 0.94
"""Zooms: the template itself, which ends at the chin, and one that shows the whole face."""


def five_points(landmarks: Points) -> NDArray[np.float64]:
    """Eye centres, nose tip and mouth corners of landmarks (468, 2) -> (5, 2), as the viewer sees them."""
    eyes = [(landmarks[33] + landmarks[133]) / 2, (landmarks[362] + landmarks[263]) / 2]
    return np.stack([*eyes, landmarks[4], landmarks[61], landmarks[291]]).astype(np.float64)


def to_square(landmarks: Points, size_px: int, zoom: float = CLOSE) -> Matrix:
    """The similarity (2, 3) that takes the picture's px to an upright square of size_px around the face."""
    middle = np.array([0.5, 0.56])
    target = ((TEMPLATE - middle) * zoom + 0.5 + (zoom >= CLOSE) * (middle - 0.5)) * size_px
    source = five_points(landmarks)
    centre, goal = source.mean(axis=0), target.mean(axis=0)
    x, y = (source - centre).T
    u, v = (target - goal).T
    spread = float((x**2 + y**2).sum())
    a, b = float((x * u + y * v).sum()) / spread, float((x * v - y * u).sum()) / spread
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, goal - turn @ centre])


def cut(image: Image, matrix: Matrix, size_px: int) -> Image:
    """image (h, w, 3) seen through matrix -> (size, size, 3); shrinking averages, so that nothing aliases."""
    scale = float(np.hypot(*matrix[:, 0]))
    if scale < 0.7:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.4 / scale), dtype=np.uint8)
    square = cv2.warpAffine(
        image, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(square, dtype=np.uint8)


def put_back(square: Image, matrix: Matrix, under: Image, flags: int = cv2.INTER_CUBIC) -> Image:
    """square (size, size, 3) drawn over a copy of under (h, w, 3), through the inverse of matrix."""
    drawn = under.copy()
    inverse = cv2.invertAffineTransform(matrix)
    height, width = under.shape[:2]
    cv2.warpAffine(
        square, inverse, (width, height), dst=drawn, flags=flags, borderMode=cv2.BORDER_TRANSPARENT
    )
    return drawn
