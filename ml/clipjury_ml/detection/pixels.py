"""The one way from pixels to the network's input, used alike in training and at run time."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MEAN = 127.0  # of the published Lite0 weights: colours go to −1…1
SPREAD = 128.0


def to_input(images: NDArray[np.uint8]) -> Tensor:
    """images (n, size, size, 3) uint8 RGB -> (n, 3, size, size) float32."""
    planes = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).astype(np.float32)
    return torch.from_numpy((planes - MEAN) / SPREAD)
