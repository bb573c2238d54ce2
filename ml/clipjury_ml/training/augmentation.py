"""What both members of a pair go through alike, after the fake was made: crop, flip, light, codec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.squares import Pixels, cut_square
from clipjury_ml.training import degradation
from clipjury_ml.training.alignment import Points
from clipjury_ml.training.face_regions import hull_box
from clipjury_ml.training.footage import choose_footage
from clipjury_ml.training.pairs import Pair

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cropping:
    """A square of the pair's canvas: left and top in px, side in px, mirrored or not."""

    left_px: float
    top_px: float
    side_px: float
    mirrored: bool

    def cut(self, image: Pixels, size_px: int) -> Pixels:
        """Cut the square out of image (h, w[, 3]) and bring it to size_px × size_px."""
        cut = cut_square(image, self.left_px, self.top_px, self.side_px, size_px)
        return np.asarray(cut[:, ::-1] if self.mirrored else cut)

    def place(self, points: Points, size_px: int) -> Points:
        """Where points (n, 2) px of the canvas lie in what `cut` gives."""
        placed = (points - np.array([self.left_px, self.top_px])) * (size_px / self.side_px)
        if self.mirrored:
            placed[:, 0] = size_px - 1 - placed[:, 0]
        return np.asarray(placed, np.float32)


def choose_cropping(pair: Pair, margin: float, rng: np.random.Generator) -> Cropping:
    """A square of margin × the face hull's side, jittered by ±10 % in size and ±5 % in place."""
    x, y, face = hull_box(pair.landmarks)
    side = face * margin * rng.uniform(0.9, 1.1)
    x, y = x + rng.uniform(-0.05, 0.05) * face, y + rng.uniform(-0.05, 0.05) * face
    return Cropping(x - side / 2, y - side / 2, side, bool(rng.random() < 0.5))


def augment(pair: Pair, size_px: int, margin: float, rng: np.random.Generator) -> tuple[Image, Image, Plane]:
    """pair -> real and fake (size, size, 3) uint8 and the mask (size, size) float32, augmented alike.

    One seed drives the light, noise and codec of both members: the generator is copied, never shared.
    """
    return crop_alike(pair, choose_cropping(pair, margin, rng), size_px, rng)


def crop_alike(
    pair: Pair, cropping: Cropping, size_px: int, rng: np.random.Generator
) -> tuple[Image, Image, Plane]:
    """As augment, by a cropping that was chosen before."""
    seed = int(rng.integers(2**32))
    members = []
    for image in (pair.real, pair.fake):
        published = publish(image, np.random.default_rng(seed))
        square = np.asarray(cropping.cut(published, size_px), dtype=np.uint8)
        members.append(_finish(square, np.random.default_rng(seed + 1)))
    mask = np.asarray(cropping.cut(pair.mask, size_px), dtype=np.float32)
    return members[0], members[1], mask


def publish(image: Image, rng: np.random.Generator) -> Image:
    """What befalls the whole frame after the swap: filters, and once or twice a video encoder."""
    if rng.random() < 0.12:
        image = degradation.smooth_skin(image, rng.random())
    if rng.random() < 0.12:
        image = degradation.unsharp(image, rng.uniform(0.7, 1.5), rng.uniform(0.2, 0.8))
    if rng.random() < 0.1:
        image = degradation.add_noise(image, rng, rng.uniform(1, 6), rng.uniform(0, 1))
    if rng.random() < 0.75:
        image = choose_footage(rng).of(image)
    if rng.random() < 0.15:
        image = choose_footage(rng).of(image)
    return image


def _finish(image: Image, rng: np.random.Generator) -> Image:
    """Light, blur and stills' codecs after cropping."""
    if rng.random() < 0.5:
        image = degradation.shift_colour(image, rng, 0.6)
    if rng.random() < 0.3:
        image = degradation.relight(image, rng, 1.0)
    if rng.random() < 0.12:
        image = degradation.blur(image, rng.uniform(0.3, 1.2))
    if rng.random() < 0.15:
        image = degradation.rescale(image, rng.uniform(0.5, 0.95))
    if rng.random() < 0.25:
        image = degradation.jpeg(image, int(rng.integers(40, 97)))
    return np.ascontiguousarray(image)
