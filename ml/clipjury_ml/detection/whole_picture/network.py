"""The network of a whole-picture version that was trained: Lite0, its class head, and pictures in batches."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from clipjury_ml.detection.face_swap import BATCH, build_network
from clipjury_ml.detection.lite0 import fold_norms
from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.detection.whole_picture.detector import LogitsOf


def load_network(manifest: ModelManifest) -> LogitsOf:
    """Pictures to logits by the manifest's weights; raises DetectorError where they do not fit."""
    torch.set_num_threads(1)
    network = fold_norms(build_network(manifest)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def logits_of(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        parts = []
        for start in range(0, len(pictures), BATCH):
            batch = to_input(pictures[start : start + BATCH]).contiguous(memory_format=torch.channels_last)
            parts.append(network.classify(network.cells(batch)))
        return np.asarray(torch.cat(parts).double().numpy())

    return logits_of
