"""Pairs of authentic and manipulated faces as numbers, with outlines as far off as the landmark regressor's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.boundary_forensics.features import FEATURES, measure
from clipjury_ml.training.alignment import Points
from clipjury_ml.training.augmentation import choose_cropping, crop_alike
from clipjury_ml.training.face_regions import OVAL, hull_box
from clipjury_ml.training.pair_stream import CropShape, PairStream

Image = NDArray[np.uint8]

CROP = CropShape(256, 1.5)


@dataclass(frozen=True, eq=False)
class PairSample:
    """Crops of both members (256, 256, 3) and the one outline (36, 2) px by which both are measured."""

    real: Image
    fake: Image
    outline: Points


def sample_pair(stream: PairStream, number: int) -> PairSample:
    """Pair number of the stream; both members are cut, filtered and encoded alike."""
    pair, rng = stream.canvas_pair(number)
    size_px = stream.crop.size_px
    cropping = choose_cropping(pair, stream.crop.margin, rng)
    real, fake, _ = crop_alike(pair, cropping, size_px, rng)
    outline = cropping.place(pair.landmarks, size_px)[list(OVAL)]
    return PairSample(real, fake, jitter_outline(outline, rng))


def jitter_outline(outline: Points, rng: np.random.Generator) -> Points:
    """outline (n, 2) px as a regressor might find it: moved, stretched and bent by 1 to 2 % of the face."""
    x, y, face_px = hull_box(outline)
    middle = np.array([x, y])
    bent = cv2.GaussianBlur(rng.normal(0, 1, (1, len(outline) * 3)), (0, 0), 2.5)[
        0, len(outline) : -len(outline)
    ]
    radial = rng.normal(1, 0.02, 2) + 0.045 * bent[:, None]
    moved = middle + (outline - middle) * radial + rng.normal(0, 0.012, 2) * face_px
    return np.asarray(moved, np.float32)


def measure_pairs(
    stream: PairStream, count: int, report: Callable[[int], object]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """The first count pairs: rows (2 · count, features), labels and pair numbers; report hears how many are done."""
    rows = np.zeros((2 * count, len(FEATURES)), np.float32)
    for number in range(count):
        sample = sample_pair(stream, number)
        rows[2 * number] = measure(sample.real, sample.outline)
        rows[2 * number + 1] = measure(sample.fake, sample.outline)
        report(number + 1)
    return rows, np.tile(np.array([0, 1]), count), np.repeat(np.arange(count), 2)
