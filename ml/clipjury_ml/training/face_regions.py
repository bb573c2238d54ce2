"""Blending masks from 468 face landmarks (MediaPipe FaceMesh order), the hulls that face swappers use."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Plane = NDArray[np.float32]

# fmt: off
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
        148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
JAW = (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234)
CHIN = (361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132)
LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)
NOSE = (168, 6, 195, 4, 98, 2, 327)
CHEEKS = (50, 280, 205, 425)
# fmt: on

HULLS: dict[str, tuple[int, ...]] = {
    "oval": OVAL,
    "jaw_brows": JAW + BROWS,
    "inner": BROWS + LIPS + CHEEKS + (123, 352),
    "lower": (*CHIN, 98, 2, 327, 205, 425),
}
HULL_ODDS = {"oval": 0.35, "jaw_brows": 0.35, "inner": 0.2, "lower": 0.1}
CONTROL = tuple(dict.fromkeys(OVAL[::2] + BROWS + EYES + NOSE + LIPS + CHEEKS))  # about sixty points


def hull_box(points: Points) -> tuple[float, float, float]:
    """points (n, 2) -> centre x, centre y and the longer side of their bounding box, in the points' unit."""
    low, high = points.min(axis=0), points.max(axis=0)
    centre = (low + high) / 2
    return float(centre[0]), float(centre[1]), float((high - low).max())


def hull_polygon(landmarks: Points, name: str, scale: float) -> NDArray[np.int32]:
    """The convex hull of a named region, scaled about its centre; landmarks (468, 2) px -> (k, 2) px."""
    points = landmarks[list(HULLS[name])]
    centre = points.mean(axis=0)
    return np.asarray(cv2.convexHull(np.round(centre + (points - centre) * scale).astype(np.int32))[:, 0])


def elastic(mask: Plane, rng: np.random.Generator, strength_px: float) -> Plane:
    """Bend a mask by a smooth random field of about strength_px; (h, w) -> (h, w)."""
    height, width = mask.shape
    field = rng.normal(0.0, strength_px, size=(2, 5, 5)).astype(np.float32)
    shift_x, shift_y = (cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC) for plane in field)
    grid_y, grid_x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(cv2.remap(mask, grid_x + shift_x, grid_y + shift_y, cv2.INTER_LINEAR), dtype=np.float32)


def blending_mask(landmarks: Points, size_px: int, face_px: float, rng: np.random.Generator) -> Plane:
    """A feathered mask in 0…1 for one swap; landmarks (468, 2) px, face_px the hull's side -> (size, size).

    Hull scaled .85–1.06, bent, eroded, then feathered over 1–7 % of the face; exactly 0 beyond the feather.
    """
    name = rng.choice(list(HULL_ODDS), p=list(HULL_ODDS.values()))
    polygon = hull_polygon(landmarks, str(name), rng.uniform(0.85, 1.06))
    mask = np.zeros((size_px, size_px), dtype=np.float32)
    cv2.fillConvexPoly(mask, polygon, 1.0)
    mask = elastic(mask, rng, face_px * rng.uniform(0.0, 0.02))
    erosion = int(face_px * rng.uniform(0.0, 0.04))
    if erosion:
        mask = np.asarray(cv2.erode(mask, np.ones((erosion, erosion), np.uint8)), dtype=np.float32)
    feather = max(1, int(face_px * rng.uniform(0.01, 0.07)))
    mask = np.array(cv2.blur(cv2.blur(mask, (feather, feather)), (feather, feather)), dtype=np.float32)
    mask[mask < 1 / 255] = 0.0
    return np.clip(mask, 0.0, 1.0)
