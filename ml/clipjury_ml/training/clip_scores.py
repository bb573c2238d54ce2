"""Scores of the validation split's clips while the network's last blocks change.

What comes before the fork stays as it is in fine-tuning, and is nearly all of the time: it is done once.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipjury_ml.detection.face_swap import aggregate
from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.training.face_samples import FaceSet

MOST_KEPT_BYTES = 512 * 2**20  # 88 kB a crop; larger splits go through the whole network each time


class ClipScores:
    """Scores faces with model as it stands; the part before the fork must not be trained meanwhile."""

    def __init__(self, model: Lite0FaceSwap, faces: FaceSet, most_kept_bytes: int = MOST_KEPT_BYTES) -> None:
        self._model, self._faces, self._room = model, faces, most_kept_bytes
        self._kept: dict[int, Tensor] = {}

    @torch.no_grad()
    def logits(self) -> NDArray[np.float64]:
        """Logits (clips,) of whole clips: the mean over their crops, as the bundled detector takes it."""
        self._model.eval()
        found = []
        for number in range(len(self._faces.crops)):
            logits = self._model.classify(self._cells(number)).double().tolist()
            found.append(aggregate(logits, "mean", len(logits)))
        return np.array(found, dtype=np.float64)

    def _cells(self, number: int) -> Tensor:
        if number in self._kept:
            return self._kept[number]
        device = self._model.class_head.weight.device
        batch = to_input(self._faces.crops[number]).contiguous(memory_format=torch.channels_last).to(device)
        cells = self._model.cells(batch)
        size = cells.numel() * cells.element_size()
        if size <= self._room:
            self._room -= size
            self._kept[number] = cells
        return cells
