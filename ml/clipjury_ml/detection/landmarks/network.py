"""The landmark regressor: a small convolutional network from a grey face crop to points."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clipjury_ml.detection.landmarks.points import COUNT, Points
from clipjury_ml.detection.manifest import DetectorError

CROP_PX = 96
WEIGHTS = Path(__file__).parent / "weights.safetensors"
SHA256 = "5e39b1c1f20e3ffb86ded25bd9e407da777f77966e2ef8db9f8d77e007df795f"
_BATCH = 64
_WIDTHS = (1, 16, 32, 64, 96)


class LandmarkNet(nn.Module):
    """Crops (n, 1, 96, 96) in −1…1 -> points (n, COUNT, 2), x before y, in sides of the crop, 0 at its middle."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise(_WIDTHS):
            layers += _step(before, after, stride=2)
            if after > _WIDTHS[1]:
                layers += _step(after, after, stride=1)
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(_WIDTHS[-1] * 36, 128), nn.ReLU(), nn.Linear(128, 2 * COUNT)
        )

    def forward(self, crops: Tensor) -> Tensor:
        """See the class."""
        return torch.as_tensor(self.head(self.body(crops))).view(-1, COUNT, 2)


def _step(before: int, after: int, stride: int) -> list[nn.Module]:
    return [
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    ]


def to_input(crops: NDArray[np.uint8]) -> Tensor:
    """Grey crops (n, 96, 96) uint8 -> (n, 1, 96, 96) float32, each brought to mean 0 and spread 1.

    Light and contrast differ between cameras more than between faces.
    """
    pixels = crops.astype(np.float32)
    mean = pixels.mean(axis=(1, 2), keepdims=True)
    spread = pixels.std(axis=(1, 2), keepdims=True)
    return torch.from_numpy((pixels - mean) / np.maximum(spread, 4.0))[:, None]


@cache
def load_network() -> LandmarkNet:
    """The bundled regressor; raises DetectorError where its weights are not the ones that were measured."""
    try:
        content = WEIGHTS.read_bytes()
    except OSError as error:
        raise DetectorError(f"the landmarks' weights cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DetectorError(
            "the landmarks' weights were changed or damaged; restore the file or install again"
        )
    network = LandmarkNet()
    network.load_state_dict(
        {name: value.float() for name, value in safetensors.torch.load(content).items()}, strict=False
    )
    return network.eval()


def find_points(crops: NDArray[np.uint8], network: LandmarkNet | None = None) -> Points:
    """Points of each face: grey crops (n, 96, 96) uint8 -> (n, COUNT, 2) float32 in px of the crop."""
    chosen = network or load_network()
    found = [np.zeros((0, COUNT, 2), np.float32)]
    with torch.inference_mode():
        for start in range(0, len(crops), _BATCH):
            found.append(chosen(to_input(crops[start : start + _BATCH])).numpy())
    return np.asarray((np.concatenate(found) + 0.5) * CROP_PX, np.float32)
