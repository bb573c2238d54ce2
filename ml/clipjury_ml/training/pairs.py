"""A real crop and a fake made from it: self-blended or an identity swap, as it is or redrawn by a network.

Self-blended images: Shiohara & Yamasaki, CVPR 2022. Both members of a pair share the frame's history and
every later step; only the pasted face differs, so that nothing but the paste can be learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.training import blending, degradation
from clipjury_ml.training.alignment import WHOLE, Points, cut, put_back, to_square
from clipjury_ml.training.face_autoencoder import FACE_PX, FaceDecoders
from clipjury_ml.training.face_regions import (
    HULLS,
    blending_mask,
    choose_shape,
    hull_box,
    hull_polygon,
)
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


def make_pair(
    target: Portrait, donor: Portrait | None, rng: np.random.Generator, decoders: FaceDecoders | None = None
) -> Pair:
    """Paste donor's face, or target's own (donor None), into target; all randomness comes from rng."""
    side = target.image.shape[0]
    face_px = hull_box(target.landmarks)[2]
    real = degradation.frame_history(target.image, rng)
    shape = choose_shape(rng)
    mask = blending_mask(target.landmarks, side, face_px, shape, rng)
    mask *= np.float32(rng.uniform(0.5 if donor is None else 0.7, 1.0))  # a faint swap is two faces, not one
    if donor is None:
        source = nudge_face(degradation.shift_colour(real, rng, 0.6), rng, face_px)
    else:
        source = _swapped(real, target, donor, rng)
        if shape not in HULLS:
            # Tools that paste a square draw the face's surroundings anew: they are not the donor's.
            around = blending_mask(target.landmarks, side, face_px, "oval", rng)
            source = blending.blend_alpha(source, real, around)
    source = redraw(source, target.landmarks, donor.identity if donor else target.identity, decoders, rng)
    source = blending.match_lab(source, real, _face(target.landmarks, side), rng.uniform(0.0, 1.0))
    real, source = _degrade_sides(real, source, rng, face_px)
    blend = blending.blend_poisson if rng.random() < 0.15 else blending.blend_alpha
    return Pair(real, blend(source, real, mask), mask, target.landmarks)


def _swapped(real: Image, target: Portrait, donor: Portrait, rng: np.random.Generator) -> Image:
    """Donor's face warped to target's landmarks, in target's colours."""
    history = degradation.frame_history(donor.image, rng)
    source = warp_face(history, donor.landmarks, target.landmarks, len(real))
    return blending.match_lab(source, real, _face(target.landmarks, len(real)), rng.uniform(0.5, 1.0))


def _face(landmarks: Points, side: int) -> Plane:
    """1 inside nine tenths of the face's oval, 0 outside."""
    inside = np.zeros((side, side), dtype=np.float32)
    cv2.fillConvexPoly(inside, hull_polygon(landmarks, "oval", 0.9), 1.0)
    return inside


def redraw(
    source: Image, landmarks: Points, identity: str, decoders: FaceDecoders | None, rng: np.random.Generator
) -> Image:
    """source (side, side, 3) with its face as a swapping network gives it back: decoded, or only small and upright.

    Two fifths by an autoencoder where there is one, a quarter resampled in a square of 64–224 px, the rest as is.
    """
    odds = rng.random()
    if decoders is not None and odds < 0.4:
        matrix = to_square(landmarks, FACE_PX, WHOLE)
        small = cut(source, matrix, FACE_PX)
        drawn = decoders.draw(small, identity, rng)
        share = rng.uniform(0.5, 1.0)
        drawn = np.asarray(cv2.addWeighted(drawn, share, small, 1 - share, 0), dtype=np.uint8)
    elif odds < 0.65:
        size_px = round(float(np.exp(rng.uniform(np.log(64), np.log(224)))))
        matrix = to_square(landmarks, size_px, WHOLE)
        drawn = cut(source, matrix, size_px)
    else:
        return source
    if rng.random() < 0.3:
        drawn = degradation.unsharp(drawn, rng.uniform(0.6, 1.5), rng.uniform(0.2, 1.0))
    flags = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    return put_back(drawn, matrix, source, flags)


def _degrade_sides(
    real: Image, source: Image, rng: np.random.Generator, face_px: float
) -> tuple[Image, Image]:
    """Degrade the pasted face (45 %), the frame (20 %), or neither; the real member gets the frame's."""
    odds = rng.random()
    if odds < 0.45:
        return real, degradation.degrade_one_side(source, rng, face_px)
    if odds < 0.65:
        return degradation.degrade_one_side(real, rng, face_px), source
    return real, source
