"""Endless, reproducible batches of pairs: sample number → its own generator → the same pair, in any process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from clipjury_ml.detection.pixels import to_input
from clipjury_ml.training.augmentation import augment
from clipjury_ml.training.face_autoencoder import FaceDecoders
from clipjury_ml.training.pairs import Pair, Portrait, make_pair
from clipjury_ml.training.portraits import CANVAS_MARGIN, nearest_donors

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]
MASK_STRIDE = 16


@dataclass(frozen=True, slots=True)
class CropShape:
    """What the detector sees: a square of size_px, margin × the face hull's side."""

    size_px: int = 224
    margin: float = 1.3


class PairStream(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """count pairs; item n depends on (seed, n) alone, so a run can be repeated with any number of loaders."""

    def __init__(
        self,
        portraits: Sequence[Portrait],
        crop: CropShape,
        seed: int,
        count: int,
        decoders: FaceDecoders | None = None,
    ) -> None:
        if len(portraits) < 2:
            raise ValueError("identity swaps need at least two portraits")
        self.portraits, self.crop, self.seed, self.count = list(portraits), crop, seed, count
        self.decoders = decoders
        self.donors = nearest_donors(self.portraits)

    def __len__(self) -> int:
        return self.count

    def pair(self, number: int) -> tuple[Image, Image, Plane]:
        """Pair number -> real and fake (size, size, 3) uint8 RGB, mask (size, size) float32."""
        made, rng = self.canvas_pair(number)
        return augment(made, self.crop.size_px, self.crop.margin, rng)

    def canvas_pair(self, number: int) -> tuple[Pair, np.random.Generator]:
        """Pair number on its canvas, and the generator with which it goes on."""
        rng = np.random.default_rng([self.seed, number])
        index = int(rng.integers(len(self.portraits)))
        face_crop_px = np.exp(rng.uniform(np.log(100), np.log(440)))
        canvas_px = round(face_crop_px * CANVAS_MARGIN / self.crop.margin)
        donor: Portrait | None = None
        if rng.random() < 0.5 and self.donors[index]:
            donor = self.portraits[int(rng.choice(self.donors[index]))].resized(canvas_px)
        return make_pair(self.portraits[index].resized(canvas_px), donor, rng, self.decoders), rng

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor]:
        """Images (2, 3, size, size), labels (2,), masks (2, size/16, size/16): the real member first."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        real, fake, mask = self.pair(number)
        cells = self.crop.size_px // MASK_STRIDE
        pooled = mask.reshape(cells, MASK_STRIDE, cells, MASK_STRIDE).mean(axis=(1, 3))
        masks = torch.from_numpy(np.stack([np.zeros_like(pooled), pooled]))
        return to_input(np.stack([real, fake])), torch.tensor([0.0, 1.0]), masks
