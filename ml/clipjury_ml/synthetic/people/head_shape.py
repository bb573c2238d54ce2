"""The sculpture: a head as a height field in head units (x right, y down, z towards the viewer; chin at y = 1).

A height field shades like a real solid and can be turned by some 20 degrees by shifting every point by its depth,
which costs one image warp a frame where a mesh would cost a rasteriser.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from clipjury_ml.synthetic.canvas import Field, bump, smoothstep
from clipjury_ml.synthetic.people.identity import Identity

EYE_Y, NOSE_Y, MOUTH_Y = -0.05, 0.28, 0.54


@dataclass(frozen=True)
class Extent:
    """Part of the plane that a canvas shows, head units."""

    left: float
    right: float
    top: float
    bottom: float

    def size_px(self, scale: float) -> tuple[int, int]:
        """(width, height) of the canvas at ``scale`` px per head unit."""
        return round((self.right - self.left) * scale), round((self.bottom - self.top) * scale)

    def grown(self, margin: float) -> "Extent":
        """The same with ``margin`` more on every side."""
        return Extent(self.left - margin, self.right + margin, self.top - margin, self.bottom + margin)


@dataclass(frozen=True)
class Grid:
    """Sample points of the head's canvas: ``x`` and ``y`` in head units, both (height, width)."""

    scale: float  # px per head unit
    extent: Extent
    x: Field
    y: Field

    def column(self, x: float) -> float:
        """Canvas column in px of the head coordinate ``x``."""
        return (x - self.extent.left) * self.scale

    def row(self, y: float) -> float:
        """Canvas row in px of the head coordinate ``y``."""
        return (y - self.extent.top) * self.scale


def make_grid(scale: float, extent: Extent) -> Grid:
    """Canvas over ``extent`` drawn at ``scale`` px per head unit."""
    width, height = extent.size_px(scale)
    columns = np.arange(width, dtype=np.float32) / np.float32(scale) + np.float32(extent.left)
    rows = np.arange(height, dtype=np.float32) / np.float32(scale) + np.float32(extent.top)
    x, y = np.meshgrid(columns, rows)
    return Grid(scale, extent, x, y)


def half_width(identity: Identity, y: Field) -> Field:
    """Half width of the skull and jaw at height ``y``; 0 beyond crown and chin."""
    jaw = 1.0 + 0.07 * identity.jaw
    heights = [-1.0, -0.9, -0.75, -0.5, -0.2, 0.05, 0.3, 0.55, 0.74, 0.88, 0.96, 1.0]
    widths = [
        0.0,
        0.37,
        0.55,
        0.69,
        0.735,
        0.725,
        0.685,
        0.605 * jaw,
        0.485 * jaw,
        0.335 * jaw,
        0.19 * jaw,
        0.0,
    ]
    # Interpolating the square gives the round ends of an ellipse at crown and chin.
    squares = PchipInterpolator(heights, np.square(np.asarray(widths) * identity.width))
    inside = np.clip(y, -1.0, 1.0)
    return np.asarray(np.sqrt(np.maximum(squares(inside), 1e-6)), dtype=np.float32)


def outline(identity: Identity, grid: Grid) -> Field:
    """Coverage of the bare head, soft over about a pixel."""
    distance = half_width(identity, grid.y) - np.abs(grid.x)
    vertical = np.minimum(grid.y + 1.0, 1.0 - grid.y) * 2.0
    soft = 1.3 / grid.scale
    return smoothstep(-soft, soft, np.minimum(distance, vertical))


def skull_depth(identity: Identity, grid: Grid) -> Field:
    """Smooth depth of the skull without features, 0 at the silhouette."""
    across = np.clip(np.abs(grid.x) / np.maximum(half_width(identity, grid.y), 0.05), 0, 1)
    up = np.where(grid.y < 0.1, np.clip((0.1 - grid.y) / 1.1, 0, 1), np.clip((grid.y - 0.1) / 0.95, 0, 1))
    depth = 0.64 * np.sqrt(np.maximum(1 - across**2.4, 0)) * np.sqrt(np.maximum(1 - 0.82 * up**2.6, 0))
    return np.asarray(depth, dtype=np.float32)


def parallax_depth(identity: Identity, grid: Grid) -> Field:
    """Depth that moves points when the head turns; gentler at the silhouette than the real one, or the warp folds."""
    across = np.clip(np.abs(grid.x) / np.maximum(half_width(identity, grid.y), 0.05) / 1.08, 0, 1)
    up = np.clip(np.abs(grid.y) / 1.12, 0, 1)
    base = 0.58 * (1 - across**2) * (1 - up**3)
    nose = 0.2 * bump(grid.x, grid.y, (0, NOSE_Y), (0.13, 0.17))
    return np.asarray(base + nose, dtype=np.float32)


def _nose(identity: Identity, x: Field, y: Field) -> Field:
    tip_y = NOSE_Y + identity.nose_length
    wide = identity.nose_width
    length = np.clip((y + 0.2) / (tip_y + 0.2), 0, 1)
    rise = 0.05 + 0.15 * length**1.5
    under = smoothstep(tip_y + 0.105, tip_y + 0.02, y)
    ridge = (
        rise * np.exp(-0.5 * (x / ((0.055 + 0.04 * length) * wide)) ** 2) * smoothstep(-0.32, -0.1, y) * under
    )
    tip = 0.085 * bump(x, y, (0, tip_y), (0.075 * wide, 0.06))
    wings = sum(0.075 * bump(x, y, (side * 0.115 * wide, tip_y + 0.025), (0.042, 0.045)) for side in (-1, 1))
    holes = sum(0.06 * bump(x, y, (side * 0.06 * wide, tip_y + 0.085), (0.03, 0.018)) for side in (-1, 1))
    return np.asarray(ridge + tip + wings - holes, dtype=np.float32)


def _eye_region(identity: Identity, x: Field, y: Field) -> Field:
    out = np.zeros_like(x)
    for side in (-1, 1):
        centre = side * identity.eye_x
        out -= 0.085 * bump(x, y, (centre * 0.95, EYE_Y - 0.01), (0.15, 0.1))
        out += 0.06 * bump(x, y, (centre, EYE_Y), (0.1, 0.06))
        out += 0.05 * bump(x, y, (centre, EYE_Y - 0.18), (0.18, 0.055))
        out -= (0.008 + 0.02 * identity.age) * bump(x, y, (centre * 0.97, EYE_Y + 0.125), (0.1, 0.018))
    return out


def lip_lines(identity: Identity, x: Field) -> tuple[Field, Field, Field]:
    """Heights (top of the upper lip, line between the lips, bottom of the lower lip) at ``x``; closed mouth."""
    s = np.clip(np.abs(x) / identity.mouth_width, 0, 1)
    full = identity.lip_fullness
    line = MOUTH_Y - 0.012 * s**2 - 0.008 * np.exp(-((s / 0.25) ** 2))
    bow = 1 - 0.28 * np.exp(-((s / 0.16) ** 2))
    top = line - 0.068 * full * (1 - s**1.7) * bow
    bottom = line + 0.088 * full * (1 - s**2.2)
    return top.astype(np.float32), line.astype(np.float32), bottom.astype(np.float32)


def _mouth_region(identity: Identity, x: Field, y: Field) -> Field:
    top, line, bottom = lip_lines(identity, x)
    inside = (np.abs(x) < identity.mouth_width).astype(np.float32)
    upper = np.clip((y - top) / np.maximum(line - top, 1e-3), 0, 1) * (y < line)
    lower = np.sin(np.pi * np.clip((y - line) / np.maximum(bottom - line, 1e-3), 0, 1)) * (y > line)
    mound = 0.045 * bump(x, y, (0, MOUTH_Y), (0.26, 0.17))
    seam = 0.03 * np.exp(-0.5 * ((y - line) / 0.012) ** 2) * inside
    lips = inside * (0.022 * upper + 0.036 * lower * identity.lip_fullness)
    return np.asarray(mound + lips - seam - 0.014 * bump(x, y, (0, 0.425), (0.024, 0.045)), dtype=np.float32)


def _flesh(identity: Identity, x: Field, y: Field) -> Field:
    out = 0.055 * bump(x, y, (0, 0.87), (0.12, 0.085)) - 0.032 * bump(x, y, (0, 0.7), (0.14, 0.035))
    fold = 0.008 + 0.022 * identity.age
    for side in (-1, 1):
        out += 0.05 * bump(x, y, (side * 0.38, 0.17), (0.15, 0.13))
        out -= 0.035 * bump(x, y, (side * 0.62, -0.38), (0.1, 0.2))
        t = np.clip((y - 0.27) / 0.33, 0, 1)
        crease = side * (0.155 + 0.17 * t**0.8)
        fade = smoothstep(0.24, 0.33, y) * smoothstep(0.66, 0.5, y)
        out -= fold * np.exp(-0.5 * ((x - crease) / 0.022) ** 2) * fade
    for level in (-0.46, -0.56, -0.38):
        wave = level + 0.02 * np.cos(5 * x)
        out -= (
            0.006
            * identity.age**2
            * np.exp(-0.5 * ((y - wave) / 0.012) ** 2)
            * smoothstep(0.42, 0.2, np.abs(x))
        )
    return np.asarray(out, dtype=np.float32)


def face_height(identity: Identity, grid: Grid) -> Field:
    """Height of the bare face in head units, (height, width)."""
    x, y = grid.x, grid.y
    features = (
        _nose(identity, x, y)
        + _eye_region(identity, x, y)
        + _mouth_region(identity, x, y)
        + _flesh(identity, x, y)
    )
    inside = smoothstep(0.0, 0.16, half_width(identity, y) - np.abs(x)) * smoothstep(1.0, 0.9, np.abs(y))
    return np.asarray(skull_depth(identity, grid) + features * inside, dtype=np.float32)


def normals(height: Field, scale: float) -> Field:
    """Unit surface normals (3, height, width) of a height field sampled at ``scale`` px per unit."""
    dx = np.asarray(cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3)) * np.float32(scale / 8.0)
    dy = np.asarray(cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)) * np.float32(scale / 8.0)
    length = np.sqrt(dx * dx + dy * dy + 1.0)
    return np.stack([-dx / length, -dy / length, 1.0 / length]).astype(np.float32)


def occlusion(height: Field, scale: float) -> Field:
    """Light that reaches a point from all around, 0–1: points lower than their surroundings are darker."""
    out = np.ones_like(height)
    for radius, strength in ((0.04, 3.2), (0.1, 1.6), (0.22, 0.7)):
        around = np.asarray(cv2.GaussianBlur(height, (0, 0), radius * scale))
        out *= np.clip(1.0 - strength * np.maximum(around - height, 0) / radius * 0.35, 0.25, 1.0)
    return np.asarray(out, dtype=np.float32)


def cast_shadow(height: Field, scale: float, light: tuple[float, float, float]) -> Field:
    """Share of the key light that arrives, 0–1: marches the height field towards the light, then softens."""
    reach = np.zeros_like(height)
    slope = light[2] / max(float(np.hypot(light[0], light[1])), 0.2)
    rows, columns = height.shape
    for step in np.linspace(0.02, 0.4, 16):
        dx, dy = (
            light[0] / np.hypot(light[0], light[1]) * step,
            light[1] / np.hypot(light[0], light[1]) * step,
        )
        move = np.array([[1, 0, -dx * scale], [0, 1, -dy * scale]], np.float32)
        shifted = np.asarray(cv2.warpAffine(height, move, (columns, rows), borderMode=cv2.BORDER_REPLICATE))
        reach = np.maximum(reach, shifted - height - np.float32(slope * step))
    shade = smoothstep(0.0, 0.05, reach)
    return np.asarray(1.0 - 0.75 * cv2.GaussianBlur(shade, (0, 0), 0.03 * scale), dtype=np.float32)
