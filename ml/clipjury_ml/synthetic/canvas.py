"""Drawing primitives on numpy arrays: noise, smooth masks, gradients, blending and text.

Colours are RGB triples in 0–255 unless a name says ``linear``; linear light is approximated by the square of
the display value (gamma 2.0), because a square root is the only transfer curve cheap enough for every frame.
"""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Field = NDArray[np.float32]  # (height, width) or (height, width, channels)
Pixels = NDArray[np.uint8]  # (height, width, 3) RGB, or (height, width, 4) premultiplied RGBA
Colour = tuple[float, float, float]


def smoothstep(low: float, high: float, x: Field) -> Field:
    """Hermite step from 0 at ``low`` to 1 at ``high`` (``low`` may exceed ``high``); shape of ``x``."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def bump(x: Field, y: Field, centre: tuple[float, float], sigma: tuple[float, float]) -> Field:
    """Gaussian hill of height 1 at ``centre`` with standard deviations ``sigma``; shape of ``x``."""
    u, v = (x - centre[0]) / sigma[0], (y - centre[1]) / sigma[1]
    return np.asarray(np.exp(-0.5 * (u * u + v * v)), dtype=np.float32)


def fbm(
    rng: np.random.Generator, shape: tuple[int, int], cell_px: tuple[float, float], octaves: int = 4
) -> Field:
    """Fractal value noise in about [-1, 1] of ``shape`` (height, width); ``cell_px`` is the coarsest cell."""
    height, width = shape
    out = np.zeros(shape, np.float32)
    amplitude, total = 1.0, 0.0
    for octave in range(octaves):
        rows = max(2, int(height * 2**octave / cell_px[1]) + 2)
        columns = max(2, int(width * 2**octave / cell_px[0]) + 2)
        if rows > 2 * height or columns > 2 * width:
            break
        grid = rng.uniform(-1.0, 1.0, (rows, columns)).astype(np.float32)
        out += amplitude * np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC))
        total += amplitude
        amplitude *= 0.5
    return out / np.float32(total or 1.0)


def blur(field: Field, sigma_px: float) -> Field:
    """Gaussian blur of a float image; returned unchanged under .2 px."""
    if sigma_px < 0.2:
        return field
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px), dtype=np.float32)


def blur_pixels(image: Pixels, sigma_px: float) -> Pixels:
    """Gaussian blur of an 8-bit image; the way a background falls out of focus."""
    if sigma_px < 0.2:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), dtype=np.uint8)


def to_linear(colour: Sequence[float]) -> Field:
    """Display colour 0–255 to linear light 0–1, shape (3,)."""
    return np.asarray(np.square(np.asarray(colour, np.float32) / np.float32(255.0)), dtype=np.float32)


def mix(a: Field, b: Field, amount: Field) -> Field:
    """Linear blend of two colour images (…, 3) by a mask (…) in 0–1."""
    m = amount[..., None]
    return np.asarray(a + (b - a) * m, dtype=np.float32)


def to_pixels(image: Field) -> Pixels:
    """Float display values 0–255, clipped and rounded to 8 bits."""
    return np.asarray(np.clip(image + 0.5, 0, 255), dtype=np.uint8)


def vertical_gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Field:
    """Image (height, width, 3) that runs through colour ``stops`` (position 0–1, colour) from top to bottom."""
    width, height = size
    positions = [position for position, _ in stops]
    rows = np.linspace(0.0, 1.0, height)
    columns = [np.interp(rows, positions, [colour[channel] for _, colour in stops]) for channel in range(3)]
    ramp = np.stack(columns, axis=-1).astype(np.float32)
    return np.repeat(ramp[:, None, :], width, axis=1)


def fill(
    image: Field,
    points: NDArray[np.float64] | Sequence[tuple[float, float]],
    colour: Colour,
    alpha: float = 1.0,
) -> None:
    """Anti-aliased filled polygon drawn into ``image`` in place; ``points`` in px."""
    outline = np.round(np.asarray(points, np.float64) * 16).astype(np.int32)
    if alpha >= 1.0:
        cv2.fillPoly(image, [outline], colour, cv2.LINE_AA, 4)
        return
    low, high = outline.min(axis=0) // 16 - 1, outline.max(axis=0) // 16 + 2
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    x1, y1 = min(image.shape[1], int(high[0])), min(image.shape[0], int(high[1]))
    if x1 <= x0 or y1 <= y0:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.float32)
    cv2.fillPoly(mask, [outline - (x0 * 16, y0 * 16)], 1.0, cv2.LINE_AA, 4)
    view = image[y0:y1, x0:x1]
    view += (np.asarray(colour, np.float32) - view) * (mask * np.float32(alpha))[..., None]


def box(
    image: Field, left: float, top: float, width: float, height: float, colour: Colour, alpha: float = 1.0
) -> None:
    """Filled rectangle in px, anti-aliased, in place."""
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    fill(image, corners, colour, alpha)


def ellipse_points(cx: float, cy: float, rx: float, ry: float, count: int = 48) -> NDArray[np.float64]:
    """Outline (count, 2) of an ellipse in px."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)], axis=-1)


@lru_cache(maxsize=64)
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


@lru_cache(maxsize=256)
def text_mask(text: str, size_px: int, weight: int = 0) -> Field:
    """Coverage (height, width) in 0–1 of one line of text in Pillow's own font; ``weight`` px embolden it."""
    font = _font(size_px)
    left, top, right, bottom = font.getbbox(text, stroke_width=weight)
    shape = (max(1, round(right - left)), max(1, round(bottom - top)))
    canvas = Image.new("L", shape, 0)
    ImageDraw.Draw(canvas).text((-left, -top), text, font=font, fill=255, stroke_width=weight)
    return np.asarray(canvas, np.float32) / np.float32(255.0)


def write(
    image: Field, text: str, left: float, top: float, size_px: float, colour: Colour, weight: int = 0
) -> int:
    """Draw ``text`` with its top left at (left, top) px, clipped to the image; returns its width in px."""
    mask = text_mask(text, max(6, round(size_px)), weight)
    x, y = round(left), round(top)
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(image.shape[1], x + mask.shape[1]), min(image.shape[0], y + mask.shape[0])
    if x1 > x0 and y1 > y0:
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x, None]
        view = image[y0:y1, x0:x1]
        view += (np.asarray(colour, np.float32) - view) * part
    return int(mask.shape[1])


def paste(frame: Pixels, layer: Pixels, left: int, top: int) -> None:
    """Lay a premultiplied RGBA ``layer`` over ``frame`` in place with its corner at (left, top) px, clipped."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(frame.shape[1], left + layer.shape[1]), min(frame.shape[0], top + layer.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    keep = cv2.cvtColor(cv2.bitwise_not(part[..., 3]), cv2.COLOR_GRAY2RGB)
    behind = cv2.multiply(frame[y0:y1, x0:x1], keep, scale=1.0 / 255.0)
    cv2.add(behind, np.ascontiguousarray(part[..., :3]), dst=behind)
    frame[y0:y1, x0:x1] = behind


def premultiplied(colour: Field, alpha: Field) -> Pixels:
    """Pack display colour (…, 3) 0–255 and coverage (…) 0–1 into premultiplied 8-bit RGBA."""
    out = np.empty((*alpha.shape, 4), np.uint8)
    out[..., :3] = to_pixels(colour * alpha[..., None])
    out[..., 3] = to_pixels(alpha * 255.0)
    return out
