"""The bundled face-swap detector: Lite0 on face crops of the sampled frames, averaged over them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from clipjury_ml.detection.crops import FaceCrops, FindFaces, crop_faces
from clipjury_ml.detection.described import Described
from clipjury_ml.detection.face_scores import score_faces
from clipjury_ml.detection.lite0 import Lite0FaceSwap, fold_norms
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.detection.protocol import Score
from clipjury_ml.detection.weights import read_weights
from clipjury_ml.media.faces import detect_faces

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames

Floats = NDArray[np.float64]
BATCH = 4  # above 32 MB the C library maps and gives back the pages of every array: half the time, in batches of 12


def build(manifest: ModelManifest) -> FaceSwapDetector:
    """Make the detector from its manifest; raises DetectorError where the weights do not fit Lite0."""
    return FaceSwapDetector(manifest, build_network(manifest))


def build_network(manifest: ModelManifest) -> Lite0FaceSwap:
    """The network with the manifest's weights, checked by hash; raises DetectorError where they do not fit."""
    network = Lite0FaceSwap()
    weights = {name: value.float() for name, value in read_weights(manifest).items()}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise DetectorError(
            f"{manifest.weights} does not fit {manifest.architecture}: "
            f"missing {missing[:3]}, unexpected {unexpected[:3]}"
        )
    return network


class FaceSwapDetector(Described):
    """Implements `Detector`. find_faces can be replaced, in tests or by a faster finder."""

    def __init__(
        self, manifest: ModelManifest, network: Lite0FaceSwap, find_faces: FindFaces = detect_faces
    ) -> None:
        # One thread: a worker's parallelism is its processes, and sums are then taken in one order.
        torch.set_num_threads(1)
        super().__init__(manifest)
        self.find_faces = find_faces
        self._network = fold_norms(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def score(self, frames: SampledFrames) -> Score:
        """Score frames.rgb (n, h, w, 3): each frame by its most suspicious face, the clip by their mean."""
        started = time.perf_counter()
        cropped = [self.crop(image) for image in frames.rgb]
        logits = self.logits_of(np.concatenate([c.crops for c in cropped]))
        return score_faces(self.manifest, cropped, logits, started)

    def crop(self, image: NDArray[np.uint8]) -> FaceCrops:
        """The faces of one frame (h, w, 3) as the network sees them."""
        shape = self.manifest.input
        return crop_faces(image, self.find_faces, shape.size_px, shape.margin, self.manifest.min_face_px)

    @torch.inference_mode()
    def logits_of(self, crops: NDArray[np.uint8]) -> Floats:
        """Class logits (k,) of crops (k, size, size, 3)."""
        batches = [crops[start : start + BATCH] for start in range(0, len(crops), BATCH)]
        parts = [self._network(to_input(b).contiguous(memory_format=torch.channels_last))[0] for b in batches]
        return torch.cat(parts).double().numpy() if parts else np.zeros(0)

    @torch.inference_mode()
    def heat_map(self, crop: NDArray[np.uint8]) -> Floats:
        """Where crop (size, size, 3) looks pasted: probabilities (size/16, size/16) of the mask head."""
        cells = self._network(to_input(crop[None]).contiguous(memory_format=torch.channels_last))[1][0]
        return torch.sigmoid(cells).double().numpy()
