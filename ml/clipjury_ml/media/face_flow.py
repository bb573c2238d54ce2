"""Where a face is in the next picture: the median flow of a grid of points in it (Kalal et al., ICPR 2010)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = NDArray[np.float32]  # x, y, width, height

_GRID = 8
_INNER = 0.8  # of the box: its corners show what is behind the head
_FURTHEST_BACK = 0.06  # of the box's longer side, the median error of there and back again
_LEAST_ALIKE = 0.4
_PATCH = (24, 24)
_FASTEST_GROWTH = 1.15


def follow(before: Image, after: Image, box: Box) -> Box | None:
    """The box of `before` in `after`, grey (h, w) both; None where the face is lost.

    Lost is a face whose points do not find back, that no longer looks alike, or that left the picture.
    """
    points = _grid(box, before.shape)
    if len(points) < _GRID * _GRID // 4:
        return None
    there, found = _flow(before, after, points)
    back, found_back = _flow(after, before, there)
    error = np.linalg.norm(back - points, axis=1)
    good = found & found_back
    if good.sum() < len(points) // 3 or np.median(error[good]) > _FURTHEST_BACK * max(box[2:]):
        return None
    good &= error <= np.median(error[good])
    moved = _move(box, points[good], there[good])
    return moved if _centre_inside(moved, after.shape) and _alike(before, box, after, moved) else None


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    low = np.maximum(one[:2], other[:2])
    high = np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared / max(1e-6, float(one[2] * one[3] + other[2] * other[3]) - shared)


def _flow(
    one: Image, other: Image, points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where points (n, 2) of one lie in the other, and which were found (n,)."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        one,
        other,
        points,
        np.zeros_like(points),
        winSize=(13, 13),
        maxLevel=3,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.03),
    )
    return np.asarray(there, np.float32), np.asarray(found, np.uint8)[:, 0] == 1


def _grid(box: Box, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Points in the inner box that lie in the picture; (n, 2) x, y."""
    steps = (np.arange(_GRID, dtype=np.float32) + 0.5) / _GRID * _INNER + (1 - _INNER) / 2
    x, y = np.meshgrid(box[0] + steps * box[2], box[1] + steps * box[3])
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    inside = (points >= 1).all(axis=1) & (points < np.array(shape[1::-1]) - 1).all(axis=1)
    return np.ascontiguousarray(points[inside])


def _move(box: Box, points: NDArray[np.float32], there: NDArray[np.float32]) -> Box:
    """Shifted by the median way, grown by the median ratio of distances from the middle of the points."""
    shift = np.median(there - points, axis=0)
    middle, new_middle = np.median(points, axis=0), np.median(there, axis=0)
    far = np.linalg.norm(points - middle, axis=1)
    apart = far > 0.2 * float(box[2])
    ratios = np.linalg.norm(there - new_middle, axis=1)[apart] / far[apart]
    growth = (
        float(np.clip(np.median(ratios), 1 / _FASTEST_GROWTH, _FASTEST_GROWTH)) if len(ratios) >= 4 else 1.0
    )
    centre = box[:2] + box[2:] / 2 + shift
    size = box[2:] * growth
    return np.concatenate([centre - size / 2, size]).astype(np.float32)


def _centre_inside(box: Box, shape: tuple[int, ...]) -> bool:
    x, y = box[:2] + box[2:] / 2
    return bool(0 <= x < shape[1] and 0 <= y < shape[0] and max(box[2:]) >= 8)


def _alike(before: Image, box: Box, after: Image, moved: Box) -> bool:
    """Whether the face's small picture is the same, by normalised correlation."""
    one, other = (_patch(picture, place) for picture, place in ((before, box), (after, moved)))
    spread = float(one.std() * other.std())
    return (
        spread < 1.0 or float(((one - one.mean()) * (other - other.mean())).mean()) / spread >= _LEAST_ALIKE
    )


def _patch(picture: Image, box: Box) -> NDArray[np.float32]:
    scale = np.array(_PATCH, np.float32) / box[2:]
    matrix = np.array([[scale[0], 0, -box[0] * scale[0]], [0, scale[1], -box[1] * scale[1]]], np.float64)
    return np.asarray(
        cv2.warpAffine(picture, matrix, _PATCH, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )
