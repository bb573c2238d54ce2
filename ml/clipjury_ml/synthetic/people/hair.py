"""Hair: where it grows, how high it stands, and the strands that run through it."""

from dataclasses import dataclass

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, bump, fbm, smoothstep
from clipjury_ml.synthetic.people.head_shape import Extent, Grid, half_width
from clipjury_ml.synthetic.people.identity import Identity

WAIST = -0.22  # y of the widest part of a head


@dataclass(frozen=True)
class HairCut:
    """One style in head units: volume over the skull, where the face opens, how far down the sides it hangs."""

    top: float  # volume above the crown
    side: float  # volume beside the head
    opening_half_width: float
    opening_top: float  # y of the hairline in the middle
    end: float  # y where the sides end
    part_x: float
    curl: float  # 0 strands – 1 curls
    flare: float  # how far hanging hair swings out
    lift: float  # height of the wave over the forehead
    back_end: float | None  # y where the layer behind the neck ends


CUTS: dict[str, HairCut] = {
    "buzz": HairCut(0.03, 0.012, 0.655, -0.62, 0.02, 0.0, 0.25, 0.0, 0, None),
    "side_part": HairCut(0.13, 0.045, 0.65, -0.6, 0.06, 0.3, 0.0, 0.0, 0.07, None),
    "quiff": HairCut(0.2, 0.03, 0.645, -0.64, 0.05, -0.1, 0.15, 0.0, 0.16, None),
    "curly": HairCut(0.16, 0.1, 0.65, -0.56, 0.08, 0.0, 1.0, 0.0, 0, None),
    "bald": HairCut(0.0, 0.0, 0.66, -2.0, 0.02, 0.0, 0.3, 0.0, 0, None),
    "bob": HairCut(0.12, 0.15, 0.61, -0.6, 0.72, -0.22, 0.0, 0.05, 0.03, 0.85),
    "long": HairCut(0.1, 0.1, 0.62, -0.64, 1.3, 0.12, 0.0, 0.12, 0.03, 1.4),
    "bun": HairCut(0.07, 0.035, 0.64, -0.6, 0.1, 0.0, 0.0, 0.0, 0.04, None),
    "fringe": HairCut(0.11, 0.12, 0.61, -0.36, 1.05, 0.0, 0.0, 0.08, 0, 1.2),
    "curls": HairCut(0.17, 0.22, 0.6, -0.55, 0.9, 0.1, 1.0, 0.12, 0, 1.1),
}


@dataclass(frozen=True)
class Hair:
    """Painted hair on the head's canvas, all (height, width)."""

    cover: Field  # coverage of hair over skin, 0–1
    outline: Field  # coverage of hair alone outside the skull too
    height: Field  # of the hair where it covers, head units
    strands: Field  # −1 dark – 1 light
    behind: Field | None  # coverage of the layer behind neck and ears


def extent(identity: Identity) -> Extent:
    """Canvas that holds head, ears and hair of ``identity``, and no more: every point of it is lit every frame."""
    cut = CUTS[identity.hair_style]
    side = 0.98 + 0.9 * cut.side + cut.flare + 0.12 * cut.curl
    top = -1.09 - 1.05 * cut.top - 0.15 * cut.curl
    if identity.hair_style == "bun":
        top = -1.45
    return Extent(-side, side, top, max(1.06, cut.end + 0.15, (cut.back_end or 0) + 0.15))


def strands(grid: Grid, rng: np.random.Generator, origin: tuple[float, float], curl: float) -> Field:
    """Strand brightness −1…1: noise stretched along lines that fan out from ``origin``; blobs where it curls."""
    dx, dy = grid.x - origin[0], grid.y - origin[1]
    angle, radius = np.arctan2(dx, dy), np.hypot(dx, dy)
    wobble = fbm(rng, grid.x.shape, (0.7 * grid.scale, 0.7 * grid.scale), 2)
    fine = rng.normal(0, 1, (14, 420)).astype(np.float32)
    coarse = np.asarray(
        cv2.resize(rng.normal(0, 1, (6, 70)).astype(np.float32), (420, 14), interpolation=cv2.INTER_CUBIC)
    )
    sheet = np.asarray(cv2.resize(0.55 * fine + 0.8 * coarse, (840, 56), interpolation=cv2.INTER_CUBIC))
    u = ((angle + 0.12 * wobble) / np.pi * 0.5 + 0.5) * 839
    v = np.clip(radius / 3.2, 0, 1) * 55
    combed = np.asarray(
        cv2.remap(sheet, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR), np.float32
    )
    combed = combed * smoothstep(0.05, 0.45, radius.astype(np.float32))
    curls = fbm(rng, grid.x.shape, (0.16 * grid.scale, 0.16 * grid.scale), 3) * 2.2
    return np.clip(combed * (1 - curl) * 0.6 + curls * curl, -1.6, 1.6).astype(np.float32)


def _dome(identity: Identity, cut: HairCut, grid: Grid) -> Field:
    """Radius of each point relative to the hair's contour: 1 on it, 0 on the axis of the head."""
    widest = half_width(identity, np.full_like(grid.y, WAIST)) + cut.side + 0.3 * cut.top * (cut.curl > 0.5)
    lean = 0.1 * np.sign(cut.part_x) * min(1.0, 4 * cut.top)
    up = np.clip((WAIST - grid.y - lean * grid.x) / (1 + WAIST + cut.top), 0, None)
    crown = (np.abs(grid.x) / widest) ** 2.25 + up**2.25
    if cut.end > 0.3:
        down = np.clip(grid.y - WAIST, 0, None)
        wall = widest + cut.flare * np.sin(np.clip(down / (cut.end - WAIST), 0, 1) * np.pi * 0.75)
    else:
        skull = half_width(identity, grid.y)
        wall = skull + (widest - skull) * smoothstep(cut.end + 0.12, WAIST, grid.y)
    r = np.where(grid.y < WAIST, crown ** (1 / 2.25), np.abs(grid.x) / wall)
    return np.asarray(r, dtype=np.float32)


def _opening(cut: HairCut, grid: Grid, ragged: Field) -> Field:
    """Signed distance (positive on bare skin) to the hairline, head units."""
    bottom = 1.6
    centre, half = (cut.opening_top + bottom) / 2, (bottom - cut.opening_top) / 2
    # A part pulls the hairline down on its far side: that is what makes a side parting read as one.
    tilt = -0.22 * cut.part_x * np.tanh(3 * (grid.x - cut.part_x)) * smoothstep(0.1, -0.6, grid.y)
    corner = 4.0 if cut.end > 0.3 else 3.0
    r = (np.abs(grid.x) / cut.opening_half_width) ** 3.2 + (np.abs(grid.y + tilt - centre) / half) ** (
        corner + 1
    )
    temples = (
        0.0
        if cut.end > 0.3
        else 0.07
        * (
            bump(grid.x, grid.y, (0.4, -0.55), (0.14, 0.14))
            + bump(grid.x, grid.y, (-0.4, -0.55), (0.14, 0.14))
        )
    )
    return np.asarray((1 - r ** (1 / corner)) * 0.6 + temples + ragged, dtype=np.float32)


def grow_hair(identity: Identity, grid: Grid, skull: Field) -> Hair:
    """Hair of ``identity`` on the canvas; ``skull`` is the coverage of the bare head."""
    cut = CUTS[identity.hair_style]
    rng = np.random.default_rng([identity.seed, 7011])
    origin = (cut.part_x, -1.02 - 0.3 * cut.top)
    texture = strands(grid, rng, origin, cut.curl)
    lumps = fbm(rng, grid.x.shape, (0.2 * grid.scale, 0.2 * grid.scale), 2)
    ragged = np.asarray((0.008 + 0.025 * cut.curl) * texture + 0.04 * cut.curl * lumps, dtype=np.float32)
    soft = 1.2 / grid.scale + 0.004
    radius = _dome(identity, cut, grid)
    opening = _opening(cut, grid, ragged * 1.1)
    ends = smoothstep(cut.end + 0.05, cut.end - 0.05, grid.y + 0.05 * texture)
    outside = smoothstep(-soft, soft, (1 - radius) * 0.8 + ragged)
    cover = outside * smoothstep(soft * 2, -soft * 2, opening) * ends
    if identity.hair_style in ("buzz", "bald"):
        cover *= 0.75 if identity.hair_style == "buzz" else 0.3 * smoothstep(-0.35, -0.05, grid.y)
    height = 0.68 * np.sqrt(np.maximum(1 - np.minimum(radius, 1) ** 2.4, 0)) + 0.014 * texture * (
        1 + 2 * cut.curl
    )
    height += 0.05 * cut.curl * lumps + cut.lift * bump(
        grid.x, grid.y, (0.1 * np.sign(cut.part_x), cut.opening_top - 0.16), (0.36, 0.13)
    )
    return Hair(
        cover,
        outside * ends * np.maximum(cover, skull),
        height.astype(np.float32),
        texture,
        _behind(identity, cut, grid, texture, radius),
    )


def _behind(identity: Identity, cut: HairCut, grid: Grid, texture: Field, radius: Field) -> Field | None:
    soft = 1.5 / grid.scale
    if identity.hair_style == "bun":
        lumps = 0.02 * texture
        ball = 0.3 - np.hypot(grid.x * 0.92, grid.y + 1.08) + lumps
        return smoothstep(-soft, soft, np.asarray(ball, dtype=np.float32))
    if cut.back_end is None:
        return None
    shrunk = radius * np.float32(1.04) + 0.03 * np.clip(grid.y, 0, 1)
    ends = smoothstep(cut.back_end + 0.05, cut.back_end - 0.05, grid.y + 0.06 * texture)
    return smoothstep(-soft, soft, np.asarray((1 - shrunk) * 0.8 + 0.02 * texture, dtype=np.float32)) * ends
