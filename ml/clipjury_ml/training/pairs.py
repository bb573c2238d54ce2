"""Recipe C: a real crop and a fake made from it, half self-blended, half an identity swap.

Self-blended images: Shiohara & Yamasaki, CVPR 2022. Both members of a pair share the frame's history and
every later step; only the pasted face differs, so that nothing but the paste can be learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.training import blending, degradation
from clipjury_ml.training.face_regions import Points, blending_mask, hull_box
from clipjury_ml.training.warping import nudge_face, warp_face

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A square crop around one face: image (side, side, 3) uint8 RGB, landmarks (468, 2) px of that crop."""

    image: Image
    landmarks: Points
    identity: str

    def resized(self, side_px: int) -> Portrait:
        """The same portrait at another size."""
        scale = side_px / self.image.shape[0]
        resample = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = cv2.resize(self.image, (side_px, side_px), interpolation=resample)
        return Portrait(np.asarray(image, dtype=np.uint8), self.landmarks * np.float32(scale), self.identity)


@dataclass(frozen=True, slots=True)
class Pair:
    """real and fake (side, side, 3) uint8 are equal wherever mask (side, side) is 0."""

    real: Image
    fake: Image
    mask: Plane
    landmarks: Points


def make_pair(target: Portrait, donor: Portrait | None, rng: np.random.Generator) -> Pair:
    """Paste donor's face, or target's own (donor None), into target; all randomness comes from rng."""
    side = target.image.shape[0]
    face_px = hull_box(target.landmarks)[2]
    real = degradation.frame_history(target.image, rng)
    mask = blending_mask(target.landmarks, side, face_px, rng)
    mask *= np.float32(rng.uniform(0.5 if donor is None else 0.7, 1.0))  # a faint swap is two faces, not one
    if donor is None:
        source = nudge_face(degradation.shift_colour(real, rng, 0.6), rng, face_px)
    else:
        source = warp_face(
            degradation.frame_history(donor.image, rng), donor.landmarks, target.landmarks, side
        )
        source = blending.match_lab(
            source, real, mask / mask.max() if mask.max() else mask, rng.uniform(0.6, 1.0)
        )
    real, source = _degrade_sides(real, source, rng, face_px)
    blend = blending.blend_poisson if rng.random() < 0.2 else blending.blend_alpha
    return Pair(real, blend(source, real, mask), mask, target.landmarks)


def _degrade_sides(
    real: Image, source: Image, rng: np.random.Generator, face_px: float
) -> tuple[Image, Image]:
    """Degrade the pasted face (60 %), the frame (20 %), or neither; the real member gets the frame's."""
    odds = rng.random()
    if odds < 0.6:
        return real, degradation.degrade_one_side(source, rng, face_px)
    if odds < 0.8:
        return degradation.degrade_one_side(real, rng, face_px), source
    return real, source
