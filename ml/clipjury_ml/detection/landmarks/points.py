"""Which points of a face the regressor gives, in which order, and what is read from them.

The points are a subset of the 468 of MediaPipe's face mesh (Kartynnik et al., "Real-time facial surface geometry
from monocular video on mobile GPUs", 2019): the hull, four eye corners, the tip of the nose, both edges of the lips.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

# fmt: off
_HULL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
         148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
_EYES = (33, 133, 362, 263)
_NOSE = (4,)
_OUTER_LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_UPPER_INNER = (78, 80, 82, 13, 312, 310, 308)
_LOWER_INNER = (88, 87, 14, 317, 318)
# fmt: on

MESH = _HULL + _EYES + _NOSE + _OUTER_LIPS + _UPPER_INNER + _LOWER_INNER
"""Numbers of the face mesh, in the regressor's order."""

COUNT = len(MESH)
HULL = slice(0, len(_HULL))
OUTER_LIPS = slice(41, 53)
LEFT_CORNER, RIGHT_CORNER = MESH.index(78), MESH.index(308)
_LEFT_EYE, _RIGHT_EYE = MESH.index(33), MESH.index(263)
_UPPER = [MESH.index(number) for number in (80, 82, 13, 312, 310)]
_LOWER = [MESH.index(number) for number in (88, 87, 14, 317, 318)]
_MIRROR_PAIRS = (
    *zip(_HULL[1:18], _HULL[:18:-1], strict=True), (33, 263), (133, 362), (61, 291), (40, 270), (37, 267), (91, 321),
    (84, 314), (78, 308), (80, 310), (82, 312), (88, 318), (87, 317),
)  # fmt: skip


def mirror_order() -> list[int]:
    """For each point the one that stands in its place when the face is seen in a mirror."""
    swapped = {first: second for pair in _MIRROR_PAIRS for first, second in (pair, pair[::-1])}
    return [MESH.index(swapped.get(number, number)) for number in MESH]


def eye_distance(points: Points) -> NDArray[np.float32]:
    """Between the outer corners of the eyes; points (..., COUNT, 2) -> (...), in the points' unit."""
    return np.asarray(
        np.linalg.norm(points[..., _RIGHT_EYE, :] - points[..., _LEFT_EYE, :], axis=-1), np.float32
    )


def mouth_opening(points: Points) -> NDArray[np.float32]:
    """Gap between the inner lips over the distance of the eyes' outer corners; points (..., COUNT, 2) -> (...).

    The mean of five pairs of points, each along the face's own upright axis, so that a tilted head reads the same.
    """
    across = points[..., _RIGHT_EYE, :] - points[..., _LEFT_EYE, :]
    length = np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-6)
    down = np.stack([-across[..., 1], across[..., 0]], axis=-1) / length
    gaps = (points[..., _LOWER, :] - points[..., _UPPER, :]).mean(axis=-2)
    return np.asarray((gaps * down).sum(axis=-1) / length[..., 0], np.float32)


def mouth_width(points: Points) -> NDArray[np.float32]:
    """Between the inner corners of the mouth over the distance of the eyes' outer corners; (..., COUNT, 2) -> (...)."""
    width = np.linalg.norm(points[..., RIGHT_CORNER, :] - points[..., LEFT_CORNER, :], axis=-1)
    return np.asarray(width / np.maximum(eye_distance(points), 1e-6), np.float32)
