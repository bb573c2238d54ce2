"""Blending masks from 468 face landmarks (MediaPipe FaceMesh order), the shapes that face swappers use."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.training.alignment import Points, to_square

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
SHAPE_ODDS = {"oval": 0.28, "jaw_brows": 0.25, "inner": 0.12, "lower": 0.07, "square": 0.18, "ellipse": 0.1}
UPRIGHT_PX = 128
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


def choose_shape(rng: np.random.Generator) -> str:
    """A mask's shape: one of the hulls, or the eroded square or ellipse of tools without landmarks."""
    return str(rng.choice(list(SHAPE_ODDS), p=list(SHAPE_ODDS.values())))


def blending_mask(
    landmarks: Points, size_px: int, face_px: float, shape: str, rng: np.random.Generator
) -> Plane:
    """A feathered mask in 0…1 for one swap; landmarks (468, 2) px, face_px the hull's side -> (size, size).

    Hulls are scaled .85–1.06 and bent; all are eroded, then feathered over 1–7 % of the face (the square up to
    12 %); exactly 0 beyond the feather.
    """
    mask = np.zeros((size_px, size_px), dtype=np.float32)
    if shape in HULLS:
        cv2.fillConvexPoly(mask, hull_polygon(landmarks, shape, rng.uniform(0.85, 1.06)), 1.0)
        mask = elastic(mask, rng, face_px * rng.uniform(0.0, 0.02))
    else:
        mask = _upright(shape, landmarks, size_px, rng)
    erosion = int(face_px * rng.uniform(0.0, 0.04))
    if erosion:
        mask = np.asarray(cv2.erode(mask, np.ones((erosion, erosion), np.uint8)), dtype=np.float32)
    feather = max(1, int(face_px * rng.uniform(0.01, 0.12 if shape == "square" else 0.07)))
    mask = np.array(cv2.blur(cv2.blur(mask, (feather, feather)), (feather, feather)), dtype=np.float32)
    mask[mask < 1 / 255] = 0.0
    return np.clip(mask, 0.0, 1.0)


def _upright(shape: str, landmarks: Points, size_px: int, rng: np.random.Generator) -> Plane:
    """A square or an ellipse in the face's upright square, drawn on the canvas."""
    inside = np.zeros((UPRIGHT_PX, UPRIGHT_PX), dtype=np.float32)
    if shape == "square":
        left, top, right, bottom = rng.uniform((0.06, 0.06, 0.8, 0.8), (0.2, 0.25, 0.94, 0.97)) * UPRIGHT_PX
        cv2.rectangle(inside, (int(left), int(top)), (int(right), int(bottom)), 1.0, cv2.FILLED)
    else:
        axes = rng.uniform((0.28, 0.36), (0.42, 0.5)) * UPRIGHT_PX
        centre = UPRIGHT_PX // 2, int(UPRIGHT_PX * rng.uniform(0.5, 0.58))
        cv2.ellipse(inside, centre, (int(axes[0]), int(axes[1])), 0, 0, 360, 1.0, cv2.FILLED)
    inverse = cv2.invertAffineTransform(to_square(landmarks, UPRIGHT_PX))
    return np.asarray(cv2.warpAffine(inside, inverse, (size_px, size_px)), dtype=np.float32)
