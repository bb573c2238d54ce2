"""What sits beside and upon the face: ears with the hair behind them, and glasses."""

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, Pixels, bump, mix, premultiplied, smoothstep, to_linear
from clipjury_ml.synthetic.people.hair import Hair
from clipjury_ml.synthetic.people.head_shape import EYE_Y, Grid, half_width
from clipjury_ml.synthetic.people.identity import Identity
from clipjury_ml.synthetic.people.lighting import Light


def paint_ears(identity: Identity, grid: Grid, hair: Hair, light: Light) -> Pixels:
    """Premultiplied RGBA canvas of the ears and the hair that falls behind head and neck."""
    key, ambient = np.asarray(light.key, np.float32), np.asarray(light.ambient, np.float32)
    alpha = np.zeros_like(grid.x)
    colour = np.zeros((*grid.x.shape, 3), np.float32)
    if hair.behind is not None:
        alpha = hair.behind.copy()
        colour += (
            to_linear(identity.hair) * (0.4 + 0.25 * hair.strands)[..., None] * (0.45 * key + 0.6 * ambient)
        )
    skin = to_linear(identity.skin) * np.asarray((1.0, 0.86, 0.82), np.float32)
    edge = float(half_width(identity, np.asarray([[0.0]], np.float32))[0, 0])
    for side in (-1, 1):
        u, v = (grid.x - side * (edge + 0.03)) / 0.105, (grid.y - 0.06 - 0.02) / 0.2
        lean = u * side + 0.25 * v
        r = np.sqrt(lean**2 + (v * (1 + 0.15 * np.sign(v))) ** 2)
        cover = smoothstep(1.06, 0.94, r)
        hollow = 0.6 * np.exp(-(((r - 0.55) / 0.2) ** 2)) + 0.4 * bump(lean, v, (-0.1, 0.15), (0.3, 0.35))
        facing = 1.0 if side * light.direction[0] > 0 else 0.6
        tone = skin * (key * facing * 0.72 + ambient * 0.8) * (1 - 0.55 * hollow)[..., None]
        colour = mix(colour, tone, cover)
        alpha = np.maximum(alpha, cover)
    return premultiplied(np.sqrt(np.clip(colour, 0, 1)) * 255, alpha)


def paint_glasses(identity: Identity, grid: Grid) -> tuple[Field, Field] | None:
    """Frame colour (height, width, 3) in linear light and its coverage, or None for people without glasses."""
    if identity.glasses == "none":
        return None
    zoom = 3
    shape = (grid.x.shape[0] * zoom, grid.x.shape[1] * zoom)
    frame, lens = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    width = max(1, round((0.028 if identity.glasses == "square" else 0.017) * grid.scale * zoom))
    for side in (-1, 1):
        outline = _lens_outline(identity, side)
        corner = np.asarray((grid.extent.left, grid.extent.top))
        points = (outline - corner) * grid.scale * zoom
        polygon = np.round(points * 8).astype(np.int32)
        cv2.fillPoly(lens, [polygon], 255, cv2.LINE_AA, 3)
        cv2.polylines(frame, [polygon], True, 255, width, cv2.LINE_AA, 3)
        if identity.glasses == "half":
            cv2.polylines(frame, [polygon[: len(polygon) // 2 + 1]], False, 255, 3 * width, cv2.LINE_AA, 3)
        _bar(frame, grid, zoom, (side * 0.5, EYE_Y - 0.05), (side * 0.72, EYE_Y - 0.03), width)
        _bar(frame, grid, zoom, (0.0, EYE_Y - 0.045), (side * 0.1, EYE_Y - 0.03), width)
    size = (grid.x.shape[1], grid.x.shape[0])
    rim = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    glass = np.asarray(cv2.resize(lens, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    streak = smoothstep(0.035, 0.0, np.abs(((grid.x + grid.y * 0.6) % 0.62) - 0.12)) * 0.13
    tint = (
        np.asarray((0.03, 0.028, 0.03), np.float32)
        if identity.glasses == "square"
        else np.asarray((0.14, 0.1, 0.06), np.float32)
    )
    cover = np.maximum(rim * 0.94, glass * (0.03 + streak))
    colour = mix(np.full((*rim.shape, 3), 0.85, np.float32), np.broadcast_to(tint, (*rim.shape, 3)), rim)
    return colour, np.asarray(cover, dtype=np.float32)


def _lens_outline(identity: Identity, side: int) -> Field:
    angles = np.linspace(np.pi, 3 * np.pi, 64, endpoint=False)
    power = 1.0 if identity.glasses == "round" else 0.62
    cos, sin = np.cos(angles), np.sin(angles)
    x = np.sign(cos) * np.abs(cos) ** power * 0.2 + identity.eye_x * 1.0
    y = np.sign(sin) * np.abs(sin) ** power * (0.185 if identity.glasses == "round" else 0.145) + EYE_Y + 0.02
    return np.stack([side * x, y], axis=-1).astype(np.float32)


def _bar(
    mask: Pixels, grid: Grid, zoom: int, start: tuple[float, float], end: tuple[float, float], width: int
) -> None:
    points = [(round(grid.column(x) * zoom * 8), round(grid.row(y) * zoom * 8)) for x, y in (start, end)]
    cv2.line(mask, points[0], points[1], 255, width, cv2.LINE_AA, 3)
