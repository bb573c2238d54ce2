"""Numbers that compare the parts of one face picture with each other: never its quality as such (ADR 0036)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.boundary_forensics.residuals import CHANNELS, high_pass, log_energies
from clipjury_ml.detection.boundary_forensics.zones import REGIONS, Points, Zones, zones_of

Image = NDArray[np.uint8]
Vector = NDArray[np.float32]

SLOPES = (("srm5", "dog2"), ("dog1", "dog3"), ("dog2", "dog4"), ("chroma_a", "dog1"), ("chroma_b", "dog1"))
"""Pairs of residuals whose ratio says how fine a texture is, whatever its contrast."""

WHOLE, UPPER, LOWER, LATERAL = (0, 1, 2, 3), (0,), (2,), (1, 3)


@dataclass(frozen=True, slots=True)
class Contrast:
    """The mean of `of` less the mean of all of `against`, in parts of a face."""

    of: str
    against: tuple[str, ...]
    sides: tuple[int, ...] = WHOLE


CONTRASTS = {
    "inner-ring": Contrast("inner face", ("ring",)),
    "band-inner": Contrast("inner band", ("inner face",)),
    "edge-inner": Contrast("edge", ("inner face",)),
    "edge-both": Contrast("edge", ("inner band", "ring")),
    "ring-outside": Contrast("ring", ("outside",)),
    "edge-both upper": Contrast("edge", ("inner band", "ring"), UPPER),
    "edge-both lower": Contrast("edge", ("inner band", "ring"), LOWER),
    "edge-both lateral": Contrast("edge", ("inner band", "ring"), LATERAL),
}
BENT = ("srm5", "dog1", "dog2", "dog3", "chroma_a", "chroma_b")
BENDS = (2, 3, 4, 5, 6, 7)  # zones whose value is compared with that of the second zone to either side
COLOURS = ("lightness", "green to red", "blue to yellow")
CORRELATED = (("red", "green", 0, 1), ("blue", "green", 2, 1))
CORRELATIONS = ("inner-ring", "edge-both", "band-inner")

FEATURES: tuple[str, ...] = (
    *(f"{channel}:{name}" for channel, name in product(CHANNELS, CONTRASTS)),
    *(f"{fine}/{coarse}:{name}" for (fine, coarse), name in product(SLOPES, CONTRASTS)),
    *(f"{channel}:bend {zone}" for channel, zone in product(BENT, BENDS)),
    *(f"{colour}:{name}" for colour, name in product(COLOURS, ("inner-ring", "band-inner", "edge-both"))),
    *(f"{one}~{other}:{name}" for (one, other, _, _), name in product(CORRELATED, CORRELATIONS)),
)
"""Name of every number, in the order of `measure`."""


def measure(crop: Image, outline: Points) -> Vector:
    """The features (len(FEATURES),) of one face: crop (s, s, 3) uint8 RGB, outline (n, 2) px of the crop.

    All are differences between parts of this picture, most of them of logs; 0 where a part is not in the picture.
    """
    zones = zones_of(outline, crop.shape[0])
    logs = dict(zip(CHANNELS, (zones.mean(plane) for plane in log_energies(crop)), strict=True))
    slopes = {f"{fine}/{coarse}": logs[fine] - logs[coarse] for fine, coarse in SLOPES}
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)
    tints = {colour: zones.mean(lab[..., n]) for n, colour in enumerate(COLOURS)}
    found = [
        *(contrast(zones, means, CONTRASTS[name]) for means, name in product(logs.values(), CONTRASTS)),
        *(contrast(zones, means, CONTRASTS[name]) for means, name in product(slopes.values(), CONTRASTS)),
        *(_bend(zones, logs[channel], zone) for channel, zone in product(BENT, BENDS)),
        *(
            contrast(zones, means, CONTRASTS[name])
            for means, name in product(tints.values(), ("inner-ring", "band-inner", "edge-both"))
        ),
        *_correlations(zones, high_pass(crop)),
    ]
    return np.nan_to_num(np.array(found, np.float32))


def contrast(zones: Zones, means: NDArray[np.float64], wanted: Contrast) -> float:
    """One contrast of means (ZONES, SIDES); NaN where a part is not in the picture."""
    others = [zones.pool(means, REGIONS[name], wanted.sides) for name in wanted.against]
    return zones.pool(means, REGIONS[wanted.of], wanted.sides) - float(np.mean(others))


def _bend(zones: Zones, means: NDArray[np.float64], zone: int) -> float:
    here, before, after = (zones.pool(means, slice(n, n + 1)) for n in (zone, zone - 2, zone + 2))
    return here - (before + after) / 2


def _correlations(zones: Zones, planes: NDArray[np.float32]) -> list[float]:
    """How alike the colour channels' fine structure is, compared between parts; planes (3, h, w)."""
    own = [zones.mean(plane * plane) for plane in planes]
    found = []
    for _, _, one, other in CORRELATED:
        shared = zones.mean(planes[one] * planes[other])
        alike = {
            name: zones.pool(shared, part)
            / (np.sqrt(zones.pool(own[one], part) * zones.pool(own[other], part)) + 0.1)
            for name, part in REGIONS.items()
        }
        for name in CORRELATIONS:
            wanted = CONTRASTS[name]
            found.append(alike[wanted.of] - float(np.mean([alike[each] for each in wanted.against])))
    return found
