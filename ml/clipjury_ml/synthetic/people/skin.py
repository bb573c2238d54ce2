"""Skin as paint: tone, flushed and shadowed regions, lips, brows, beard and freckles, in linear light."""

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, bump, fbm, mix, smoothstep, to_linear
from clipjury_ml.synthetic.people.head_shape import EYE_Y, MOUTH_Y, NOSE_Y, Grid, half_width, lip_lines
from clipjury_ml.synthetic.people.identity import Identity


def _tinted(base: Field, factors: tuple[float, float, float]) -> Field:
    return base * np.asarray(factors, np.float32)


def lip_mask(identity: Identity, grid: Grid) -> Field:
    """Coverage of both lips with the mouth closed."""
    top, _, bottom = lip_lines(identity, grid.x)
    soft = 0.02
    across = smoothstep(identity.mouth_width, identity.mouth_width - 0.06, np.abs(grid.x))
    return np.asarray(
        smoothstep(-soft, soft, grid.y - top) * smoothstep(-soft, soft, bottom - grid.y) * across
    )


def brow_mask(identity: Identity, grid: Grid, rng: np.random.Generator) -> Field:
    """Coverage of the eyebrows: short strokes along an arch, drawn at three times the size and averaged."""
    zoom = 3
    canvas = np.zeros((grid.x.shape[0] * zoom, grid.x.shape[1] * zoom), np.uint8)
    for side in (-1, 1):
        for t in np.linspace(0, 1, 110):
            x = identity.eye_x - 0.15 + 0.34 * t
            arch = (
                EYE_Y
                - 0.165
                - 0.055 * identity.brow_arch * np.sin(np.pi * min(1.0, t * 1.05)) ** 1.3
                + 0.03 * t
            )
            thick = 0.034 * identity.brow_thickness * (1 - 0.7 * t**2) * min(1.0, 0.45 + 3 * t)
            y = arch + rng.uniform(-thick, thick)
            lean = rng.uniform(0.02, 0.05)
            start = (grid.column(side * x) * zoom, grid.row(y + 0.012) * zoom)
            end = (grid.column(side * (x + lean)) * zoom, grid.row(y - 0.014 + 0.03 * t) * zoom)
            width = max(1, round(0.011 * grid.scale * zoom))
            cv2.line(canvas, _point(start), _point(end), 255, width, cv2.LINE_AA, 3)
    small = cv2.resize(canvas, (grid.x.shape[1], grid.x.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.006 * grid.scale + 0.3), np.float32) / np.float32(255)


def _point(xy: tuple[float, float]) -> tuple[int, int]:
    return round(xy[0] * 8), round(xy[1] * 8)


def _moustache(x: Field, y: Field, top: Field) -> Field:
    spread: Field = np.clip(np.abs(x) / 0.31, 0, 1).astype(np.float32)
    above = y - (NOSE_Y + 0.125 + 0.14 * spread**2)
    below = y - top - 0.09 * spread**3
    parting = 1 - 0.5 * bump(x, y, (0, 0.42), (0.02, 0.06))
    cover = smoothstep(-0.02, 0.03, above) * smoothstep(0.03, -0.01, below) * smoothstep(1.0, 0.8, spread)
    return np.asarray(cover * parting, dtype=np.float32)


def beard_mask(identity: Identity, grid: Grid, rng: np.random.Generator) -> Field:
    """Coverage of beard or stubble, 0–1."""
    if identity.beard == "none":
        return np.zeros(grid.x.shape, np.float32)
    x, y = grid.x, grid.y
    top, _, bottom = lip_lines(identity, x)
    patch = fbm(rng, x.shape, (0.12 * grid.scale, 0.12 * grid.scale), 3)
    moustache = _moustache(x, y, top)
    if identity.beard == "moustache":
        return np.asarray(moustache * 0.95, dtype=np.float32)
    cheek_line = 0.2 + 0.34 * smoothstep(0.62, 0.22, np.abs(x)) + 0.02 * patch
    jaw = smoothstep(-0.05, 0.09, y - cheek_line) * smoothstep(
        -0.02, 0.05, half_width(identity, y) - np.abs(x)
    )
    around_mouth = bump(x, y, (0, MOUTH_Y + 0.01), (0.2, 0.1))
    below = smoothstep(-0.015, 0.05, y - bottom) * smoothstep(0.36, 0.2, np.abs(x))
    below *= smoothstep(0.02, 0.12, np.abs(x) + (y - bottom) * 0.7)
    jaw = np.asarray(jaw * (1 - smoothstep(0.25, 0.7, around_mouth)) + 0.8 * below, dtype=np.float32)
    cover = np.clip(np.maximum(jaw, moustache), 0, 1)
    strength = 0.34 if identity.beard == "stubble" else 0.93
    return np.asarray(cover * strength * (1 + 0.12 * patch), dtype=np.float32)


def _flush(identity: Identity, grid: Grid, base: Field, rng: np.random.Generator) -> Field:
    x, y = grid.x, grid.y
    out = np.broadcast_to(base, (*x.shape, 3)).astype(np.float32)
    blood = 0.6 * bump(x, y, (0, NOSE_Y), (0.1, 0.08)) + 0.25 * bump(x, y, (0, 0.88), (0.14, 0.08))
    shadow = np.zeros_like(x)
    for side in (-1, 1):
        blood += 0.75 * bump(x, y, (side * 0.4, 0.2), (0.15, 0.12))
        shadow += bump(x, y, (side * identity.eye_x * 0.95, EYE_Y + 0.1), (0.12, 0.05)) * (
            0.35 + 0.4 * identity.age
        )
        shadow += 0.5 * bump(x, y, (side * identity.eye_x, EYE_Y - 0.06), (0.13, 0.05))
        shadow += 0.4 * bump(x, y, (side * 0.11, EYE_Y - 0.02), (0.04, 0.08))
    out = mix(out, _tinted(out, (1.0, 0.74, 0.7)), np.clip(blood * 0.75, 0, 1))
    out = mix(out, _tinted(out, (0.78, 0.7, 0.72)), np.clip(shadow, 0, 1))
    mottled = fbm(rng, x.shape, (0.3 * grid.scale, 0.3 * grid.scale), 5)
    return np.asarray(
        out * (1 + mottled[..., None] * np.asarray((0.05, 0.08, 0.08), np.float32)), dtype=np.float32
    )


def paint_skin(identity: Identity, grid: Grid) -> tuple[Field, Field]:
    """Albedo (height, width, 3) in linear light and shine (height, width) of the bare face."""
    rng = np.random.default_rng([identity.seed, 7013])
    skin = _flush(identity, grid, to_linear(identity.skin), rng)
    if identity.age < 0.5 and identity.seed % 4 == 0:
        dots = np.maximum(fbm(rng, grid.x.shape, (0.035 * grid.scale, 0.035 * grid.scale), 1) - 0.35, 0) * 1.4
        area = bump(grid.x, grid.y, (0, 0.12), (0.42, 0.13))
        skin = mix(skin, _tinted(skin, (0.66, 0.5, 0.42)), np.clip(dots * area, 0, 0.6))
    lips = lip_mask(identity, grid)
    _, line, _ = lip_lines(identity, grid.x)
    lip = to_linear(identity.lip_colour) * np.where(grid.y < line, 0.8, 1.0)[..., None].astype(np.float32)
    skin = mix(skin, lip.astype(np.float32), lips * 0.9)
    seam = np.exp(-0.5 * ((grid.y - line) / 0.011) ** 2) * smoothstep(
        identity.mouth_width + 0.01, identity.mouth_width - 0.03, np.abs(grid.x)
    )
    skin = mix(skin, _tinted(skin, (0.2, 0.12, 0.12)), np.asarray(seam * 0.9, dtype=np.float32))
    tip_y = NOSE_Y + identity.nose_length
    for side in (-1, 1):
        hole = bump(grid.x, grid.y, (side * 0.062 * identity.nose_width, tip_y + 0.082), (0.028, 0.013))
        skin = mix(skin, _tinted(skin, (0.12, 0.07, 0.06)), np.clip(hole * 1.1, 0, 0.9))
    hair = to_linear(identity.hair) * np.float32(0.7)
    beard = beard_mask(identity, grid, rng)
    bristle = rng.normal(1.0, 0.22, grid.x.shape).astype(np.float32)
    skin = mix(skin, hair * bristle[..., None], np.clip(beard, 0, 1))
    skin = mix(skin, np.broadcast_to(hair, skin.shape), np.clip(brow_mask(identity, grid, rng) * 0.95, 0, 1))
    oily = (
        0.25
        + 0.5 * bump(grid.x, grid.y, (0, NOSE_Y), (0.09, 0.1))
        + 0.25 * bump(grid.x, grid.y, (0, -0.45), (0.35, 0.16))
    )
    shine = (oily + 0.8 * lips * smoothstep(-0.01, 0.02, grid.y - line)) * (1 - np.clip(beard, 0, 1))
    return skin, np.asarray(shine, dtype=np.float32)
