"""Scores of the validation split's clips while the network's last blocks change.

What comes before the fork stays as it is in fine-tuning, and is nearly all of the time: it is done once.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.logits import aggregate
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.training.samples import SampleSet

MOST_KEPT_BYTES = 512 * 2**20  # 88 kB a picture; larger splits go through the whole network each time


class ClipScores:
    """Scores samples with model as it stands; the part before the fork must not be trained meanwhile."""

    def __init__(
        self, model: Lite0FaceSwap, samples: SampleSet, most_kept_bytes: int = MOST_KEPT_BYTES
    ) -> None:
        self._model, self._samples, self._room = model, samples, most_kept_bytes
        self._kept: dict[int, Tensor] = {}

    @torch.no_grad()
    def logits(self) -> NDArray[np.float64]:
        """Logits (clips,) of whole clips: the mean over their pictures, as the bundled detectors take it."""
        self._model.eval()
        found = []
        for number in range(len(self._samples.pictures)):
            logits = self._model.classify(self._cells(number)).double().tolist()
            found.append(aggregate(logits, "mean", len(logits)))
        return np.array(found, dtype=np.float64)

    def _cells(self, number: int) -> Tensor:
        if number in self._kept:
            return self._kept[number]
        device = self._model.class_head.weight.device
        batch = (
            to_input(self._samples.pictures[number]).contiguous(memory_format=torch.channels_last).to(device)
        )
        cells = self._model.cells(batch)
        size = cells.numel() * cells.element_size()
        if size <= self._room:
            self._room -= size
            self._kept[number] = cells
        return cells
