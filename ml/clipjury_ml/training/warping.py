"""Warp one face onto another's landmarks: an affine fit, then a piecewise-affine residual (Delaunay)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from clipjury_ml.training.alignment import Points
from clipjury_ml.training.face_regions import CONTROL

Image = NDArray[np.uint8]
GRID = 96  # the residual is piecewise linear: a coarse grid loses nothing that is seen at 192 px


def fit_affine(source: Points, target: Points) -> NDArray[np.float64]:
    """Least-squares affine that takes target points (n, 2) to source points (n, 2) -> (2, 3)."""
    design = np.column_stack([target, np.ones(len(target))])
    solution, *_ = np.linalg.lstsq(design, source, rcond=None)
    return np.asarray(solution.T, dtype=np.float64)


def residual_field(points: Points, residuals: Points, size_px: int) -> NDArray[np.float32]:
    """Interpolate residuals (n, 2) at points (n, 2) px over a square -> (size, size, 2) px.

    Linear inside each Delaunay triangle; the frame's border is pinned at no residual.
    """
    last = size_px - 1.0
    edge = np.array(
        [[x, y] for x in (0, last / 2, last) for y in (0, last / 2, last) if (x, y) != (last / 2,) * 2]
    )
    nodes = np.vstack([points, edge]) * ((GRID - 1) / last)
    values = np.vstack([residuals, np.zeros_like(edge)])
    mesh = Delaunay(nodes)
    owner = np.zeros((GRID, GRID), dtype=np.int32)
    for number, triangle in enumerate(mesh.simplices):
        cv2.fillConvexPoly(owner, np.round(nodes[triangle]).astype(np.int32), number)
    grid = np.stack(np.meshgrid(np.arange(GRID), np.arange(GRID)), axis=-1).astype(np.float64)
    transform = mesh.transform[owner]  # (GRID, GRID, 3, 2)
    first_two = np.einsum("abij,abj->abi", transform[..., :2, :], grid - transform[..., 2, :])
    weights = np.concatenate([first_two, 1 - first_two.sum(axis=-1, keepdims=True)], axis=-1)
    weights = np.clip(np.nan_to_num(weights), 0.0, 1.0)
    field = np.einsum("abk,abkc->abc", weights, values[mesh.simplices[owner]])
    return np.asarray(cv2.resize(field.astype(np.float32), (size_px, size_px)), dtype=np.float32)


def warp_face(image: Image, source: Points, target: Points, size_px: int) -> Image:
    """Bring image's face with landmarks source (468, 2) to landmarks target (468, 2) on a square canvas.

    image (h, w, 3) uint8 -> (size, size, 3) uint8; about sixty control points carry the residual.
    """
    source, target = source[list(CONTROL)], target[list(CONTROL)]
    affine = fit_affine(source, target)
    expected = target @ affine[:, :2].T + affine[:, 2]
    field = residual_field(target, (source - expected).astype(np.float32), size_px)
    ys, xs = np.mgrid[0:size_px, 0:size_px].astype(np.float32)
    map_x = affine[0, 0] * xs + affine[0, 1] * ys + affine[0, 2] + field[..., 0]
    map_y = affine[1, 0] * xs + affine[1, 1] * ys + affine[1, 2] + field[..., 1]
    warped = cv2.remap(
        image,
        map_x.astype(np.float32),
        map_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(warped, dtype=np.uint8)


def nudge_face(image: Image, rng: np.random.Generator, face_px: float) -> Image:
    """Shift and scale by a few per cent, as a self-blended image's source is (Shiohara & Yamasaki 2022)."""
    size = image.shape[0]
    scale = rng.uniform(0.95, 1.05)
    shift = rng.uniform(-0.03, 0.03, size=2) * face_px
    matrix = np.array(
        [[scale, 0, size / 2 * (1 - scale) + shift[0]], [0, scale, size / 2 * (1 - scale) + shift[1]]]
    )
    moved = cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(moved, dtype=np.uint8)
