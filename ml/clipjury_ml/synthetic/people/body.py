"""Neck, shoulders and clothes: drawn once at twice the size, shaded like the head, then only moved."""

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import (
    Colour,
    Field,
    Pixels,
    blur,
    fbm,
    fill,
    mix,
    premultiplied,
    smoothstep,
    to_linear,
)
from clipjury_ml.synthetic.people.head_shape import normals
from clipjury_ml.synthetic.people.identity import Identity
from clipjury_ml.synthetic.people.lighting import Light, matte, tone

LEFT, RIGHT, TOP, BOTTOM = -2.3, 2.3, 0.3, 4.2  # head units
RAISE = 0.13  # the sprite is drawn with a long neck and set this much higher
Points = list[tuple[float, float]]
FRONT: Points = [(0.44, 1.1), (3.0, 1.1), (3.0, 5.0), (-0.05, 5.0), (0.02, 3.35), (0.5, 1.9)]  # of a jacket
LAPEL: Points = [
    (0.42, 1.22),
    (0.62, 1.32),
    (0.83, 1.85),
    (0.66, 1.93),
    (0.78, 2.05),
    (0.04, 3.3),
    (0.4, 1.9),
]


class _Cloth:
    """Colour and relief of the figure while it is being drawn, at twice the final size."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        columns = np.arange(round((RIGHT - LEFT) * scale), dtype=np.float32) / np.float32(scale) + np.float32(
            LEFT
        )
        rows = np.arange(round((BOTTOM - TOP) * scale), dtype=np.float32) / np.float32(scale) + np.float32(
            TOP
        )
        self.x, self.y = np.meshgrid(columns, rows)
        self.colour = np.zeros((*self.x.shape, 3), np.float32)
        self.relief = np.zeros_like(self.x)
        self.alpha = np.zeros_like(self.x)

    def mask(self, points: Points) -> Field:
        """Coverage of a polygon given in head units."""
        out: Field = np.zeros(self.x.shape, np.float32)
        fill(out, [((x - LEFT) * self.scale, (y - TOP) * self.scale) for x, y in points], (1.0, 1.0, 1.0))
        return out

    def add(self, mask: Field, colour: Field, rise: float, roundness: float) -> None:
        """Lay a piece of ``colour`` (linear) over the figure, risen by ``rise``, rounded over ``roundness``."""
        self.colour = mix(self.colour, np.broadcast_to(colour, self.colour.shape), mask)
        self.alpha = np.maximum(self.alpha, mask)
        inside = (
            np.asarray(cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5), np.float32)
            / self.scale
        )
        self.relief += np.asarray(
            rise * (1 - np.square(1 - np.clip(inside / roundness, 0, 1))), dtype=np.float32
        )


def _mirrored(half: Points) -> Points:
    return half + [(-x, y) for x, y in reversed(half)]


def _curve(points: Points) -> Points:
    """Smooth a coarse outline by cutting its corners twice (Chaikin)."""
    path = np.asarray(points)
    for _ in range(3):
        after = np.roll(path, -1, axis=0)
        path = np.stack([0.75 * path + 0.25 * after, 0.25 * path + 0.75 * after], axis=1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in path]


def _torso(broad: float) -> Points:
    half = [(0.0, 1.25), (0.34, 1.2), (0.62, 1.36), (1.2 * broad, 1.56), (1.52 * broad, 1.74), (1.7 * broad, 2.15),
            (1.78 * broad, 2.9), (1.86 * broad, 5.0)]  # fmt: skip
    return _curve(_mirrored([(x, y) for x, y in reversed(half)])[::-1])


def _neck(cloth: _Cloth, identity: Identity, slim: float) -> None:
    skin = to_linear(identity.skin) * np.asarray((0.97, 0.86, 0.82), np.float32)
    half = [
        (0.0, 0.35),
        (0.42 * slim, 0.35),
        (0.40 * slim, 0.9),
        (0.42 * slim, 1.15),
        (0.62, 1.38),
        (0.9, 1.52),
        (0.4, 2.1),
        (0.0, 2.25),
    ]
    cloth.add(cloth.mask(_curve(_mirrored(half))), skin, 0.36, 0.42)
    cloth.relief *= smoothstep(1.6, 1.25, cloth.y)  # under clothes the neck must not show through
    for side in (-1, 1):  # the two muscles that run to the pit of the throat
        cord = np.exp(-0.5 * ((cloth.x - side * (0.34 - 0.3 * (cloth.y - 0.7))) / 0.05) ** 2)
        cloth.relief += np.asarray(
            0.03 * cord * smoothstep(0.7, 0.9, cloth.y) * smoothstep(1.5, 1.3, cloth.y), dtype=np.float32
        )
        bone = np.exp(-0.5 * ((cloth.y - 1.45 - 0.12 * np.abs(cloth.x)) / 0.035) ** 2) * smoothstep(
            0.06, 0.2, side * cloth.x
        )
        cloth.relief += np.asarray(0.03 * bone, dtype=np.float32)


def _suit(cloth: _Cloth, identity: Identity, torso: Field) -> None:
    shirt: Colour = (226, 228, 232) if identity.seed % 3 else (168, 190, 214)
    cloth.add(
        torso * cloth.mask([(-0.6, 1.1), (0.6, 1.1), (0.5, 2.0), (0.1, 3.4), (-0.1, 3.4), (-0.5, 2.0)]),
        to_linear(shirt),
        0.02,
        0.05,
    )
    tie = to_linear(identity.accent)
    if identity.seed % 2:
        stripes = 0.5 + 0.5 * np.sin((cloth.x + cloth.y) * 38)
        tie = tie * (0.75 + 0.5 * smoothstep(0.35, 0.65, stripes.astype(np.float32)))[..., None]
    open_collar = identity.pitch_hz > 150 or identity.seed % 5 == 0
    if not open_collar:
        cloth.add(
            cloth.mask([(-0.09, 1.55), (0.09, 1.55), (0.17, 3.2), (0.0, 3.5), (-0.17, 3.2)]), tie, 0.04, 0.08
        )
        cloth.add(cloth.mask([(-0.13, 1.36), (0.13, 1.36), (0.085, 1.6), (-0.085, 1.6)]), tie, 0.05, 0.06)
    for side in (-1, 1):
        collar = [(side * 0.05, 1.4), (side * 0.42, 1.1), (side * 0.5, 1.3), (side * 0.28, 1.66)]
        cloth.add(cloth.mask(collar), to_linear(shirt), 0.045, 0.03)
    jacket = to_linear(identity.cloth) * np.float32(0.45) + to_linear((46, 50, 60)) * np.float32(0.45)
    for side in (-1, 1):
        front = [(side * x, y) for x, y in FRONT]
        cloth.add(torso * cloth.mask(front), jacket, 0.06, 0.04)
        lapel = [(side * x, y) for x, y in LAPEL]
        cloth.add(torso * cloth.mask(lapel), jacket * np.float32(1.12), 0.04, 0.03)


def _knit(cloth: _Cloth, identity: Identity, torso: Field, depth: float, cuff: float) -> None:
    """A garment with a round neck cut ``depth`` below the throat and a band of ``cuff`` around it."""
    fabric = to_linear(identity.cloth)
    r = np.hypot(cloth.x / 0.62, (cloth.y - 1.1) / (0.32 + depth))
    cloth.add(torso * smoothstep(0.99, 1.01, r), fabric, 0.04, 0.05)
    ribs = 0.9 + 0.1 * np.sin(np.arctan2(cloth.x, cloth.y - 1.0) * 90)
    band = smoothstep(1.0, 1.02, r) * smoothstep(1.0 + cuff + 0.02, 1.0 + cuff, r) * torso
    cloth.add(band, fabric * ribs[..., None].astype(np.float32) * np.float32(0.85), 0.03, 0.04)


def _blouse(cloth: _Cloth, identity: Identity, torso: Field) -> None:
    fabric = to_linear(identity.cloth)
    v = np.abs(cloth.x) * 2.3 + (cloth.y - 1.3)
    cloth.add(torso * smoothstep(0.97, 1.0, np.abs(v) + 0.0 * v), fabric, 0.03, 0.05)
    cloth.add(torso * smoothstep(1.0, 1.03, v), fabric, 0.02, 0.05)
    for side in (-1, 1):
        collar = [
            (side * 0.4, 1.2),
            (side * 0.66, 1.38),
            (side * 0.52, 1.9),
            (side * 0.02, 2.36),
            (side * 0.3, 1.66),
        ]
        cloth.add(cloth.mask(collar), fabric * np.float32(1.15), 0.05, 0.03)
    chain = np.hypot(cloth.x / 0.42, (cloth.y - 1.2) / 0.62)
    ring = smoothstep(0.012, 0.004, np.abs(chain - 1.0)) * (cloth.y > 1.45) * (v < 0.95)
    cloth.add(ring.astype(np.float32), to_linear((224, 190, 110)), 0.015, 0.01)


def _hoodie(cloth: _Cloth, identity: Identity, torso: Field) -> None:
    _knit(cloth, identity, torso, 0.06, 0.28)
    for side in (-1, 1):
        cord = np.abs(cloth.x - side * (0.2 + 0.02 * np.sin(cloth.y * 5))) - 0.025
        mask = (
            smoothstep(0.01, -0.01, cord.astype(np.float32))
            * smoothstep(1.6, 1.64, cloth.y)
            * smoothstep(2.5, 2.46, cloth.y)
        )
        cloth.add(np.asarray(mask, dtype=np.float32), to_linear((222, 216, 204)), 0.03, 0.02)


def _dress(cloth: _Cloth, identity: Identity, torso: Field) -> None:
    if identity.clothes == "suit":
        _suit(cloth, identity, torso)
    elif identity.clothes == "blouse":
        _blouse(cloth, identity, torso)
    elif identity.clothes == "hoodie":
        _hoodie(cloth, identity, torso)
    elif identity.clothes == "sweater":
        _knit(cloth, identity, torso, 0.1, 0.16)
    else:
        _knit(cloth, identity, torso, 0.2, 0.08)


def _arm_gap(cloth: _Cloth, broad: float) -> Field:
    """Groove between arms and trunk."""
    line = broad * (1.16 + 0.1 * np.sin((cloth.y - 2.2) * 0.9))
    groove = np.exp(-0.5 * ((np.abs(cloth.x) - line) / 0.045) ** 2) * smoothstep(1.95, 2.6, cloth.y)
    return np.asarray(groove, dtype=np.float32)


def paint_body(identity: Identity, scale_px: float, light: Light) -> Pixels:
    """Premultiplied RGBA sprite of neck, shoulders and clothes with its corner at (LEFT, TOP) head units."""
    cloth = _Cloth(scale_px * 2)
    rng = np.random.default_rng([identity.seed, 7019])
    long_haired = identity.pitch_hz > 150
    broad = float(rng.uniform(0.8, 0.88) if long_haired else rng.uniform(0.93, 1.03))
    _neck(cloth, identity, 0.86 if long_haired else 1.04)
    torso = cloth.mask(_torso(broad))
    distance = (
        np.asarray(cv2.distanceTransform((torso > 0.5).astype(np.uint8), cv2.DIST_L2, 5), np.float32)
        / cloth.scale
    )
    _dress(cloth, identity, torso)
    dressed = torso * smoothstep(1.3, 1.75, cloth.y + 0.45 * np.abs(cloth.x))
    folds = fbm(rng, cloth.x.shape, (0.5 * cloth.scale, 1.3 * cloth.scale), 3)
    volume = 0.5 * (1 - np.square(1 - np.clip(distance / 0.75, 0, 1))) + 0.1 * folds * dressed
    volume -= 0.1 * _arm_gap(cloth, broad)
    relief = blur(cloth.relief, 0.008 * cloth.scale) + blur(volume.astype(np.float32), 0.02 * cloth.scale)
    share = 1 - 0.62 * np.exp(
        -0.5 * ((cloth.x / 0.55) ** 2 + ((cloth.y - 0.86) / 0.24) ** 2)
    )  # the chin's shadow
    creases = np.clip(1 - 6 * np.maximum(blur(relief, 0.03 * cloth.scale) - relief, 0), 0.5, 1)
    lit = (
        matte(normals(relief, cloth.scale), light, np.asarray(share * creases, dtype=np.float32))
        * cloth.colour
    )
    lit *= (1 + 0.06 * rng.normal(0, 1, lit.shape[:2]).astype(np.float32))[..., None]
    size = (round(lit.shape[1] / 2), round(lit.shape[0] / 2))
    packed = premultiplied(tone(lit) * 255, cloth.alpha)
    return np.asarray(cv2.resize(packed, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
