"""The detector of seams: boosted trees on how the parts of a face differ along its outline (ADR 0036)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.boundary_forensics.features import FEATURES, measure
from clipjury_ml.detection.boundary_forensics.outline import find_outlines
from clipjury_ml.detection.boundary_forensics.trees import Trees
from clipjury_ml.detection.boundary_forensics.words import describe
from clipjury_ml.detection.crops import FaceCrops, FindFaces, crop_faces
from clipjury_ml.detection.described import Described
from clipjury_ml.detection.face_scores import score_faces
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.protocol import Finding, Score, Strength
from clipjury_ml.detection.weights import read_weights
from clipjury_ml.media.faces import detect_faces

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames

Matrix = NDArray[np.float32]

USUAL = (0.01, 0.05, 0.95, 0.99)
"""Shares of authentic training faces below the bounds that the weights keep for each feature."""

MOST_FINDINGS = 3
LEAST_SHARE = 0.05  # of a log-odds: what a feature must have added to be told
BASIS = (
    "Differences of residuals along the face's outline, boosted trees; bounds are quantiles of authentic portraits "
    "in the camera and codec conditions of training (ADR 0036). Make-up, beards, hair and focus do the same."
)


@dataclass(frozen=True, eq=False)
class Model:
    """The trees, and what is usual (4, features): quantiles USUAL of each feature in authentic faces."""

    trees: Trees
    usual: Matrix


def build(manifest: ModelManifest) -> BoundaryDetector:
    """Make the detector from its manifest; raises DetectorError where the weights are not its own."""
    return BoundaryDetector(manifest, read_model(manifest))


def read_model(manifest: ModelManifest) -> Model:
    """Trees and bounds from the manifest's weights, checked by hash and by shape."""
    stored = {name: value.numpy() for name, value in read_weights(manifest).items()}
    try:
        trees = Trees(
            float(stored["bias"][0]),
            stored["feature"].astype(np.int64),
            stored["threshold"].astype(np.float32),
            stored["value"].astype(np.float32),
        )
        usual = stored["usual"].astype(np.float32)
    except (KeyError, IndexError) as error:
        raise DetectorError(f"{manifest.weights} does not hold boosted trees: {error} is missing") from error
    count, inner = trees.feature.shape
    if (
        (inner + 1) & inner
        or trees.threshold.shape != (count, inner)
        or trees.value.shape != (count, 2 * inner + 1)
        or usual.shape != (len(USUAL), len(FEATURES))
        or not 0 <= trees.feature.min() <= trees.feature.max() < len(FEATURES)
    ):
        raise DetectorError(f"{manifest.weights} does not fit the {len(FEATURES)} features of {manifest.id}")
    return Model(trees, usual)


class BoundaryDetector(Described):
    """Implements `Detector`. find_faces can be replaced, in tests or by a faster finder."""

    def __init__(self, manifest: ModelManifest, model: Model, find_faces: FindFaces = detect_faces) -> None:
        super().__init__(manifest)
        self.find_faces = find_faces
        self.model = model

    def score(self, frames: SampledFrames) -> Score:
        """Score frames.rgb (n, h, w, 3): each frame by its most suspicious face, the clip by their mean."""
        started = time.perf_counter()
        cropped = [self._crop(image) for image in frames.rgb]
        rows = self._measure(cropped)
        logits = self.model.trees.logits(rows)
        score = score_faces(self.manifest, cropped, logits, started)
        if score.abstention is not None:
            return score
        return replace(score, findings=tuple(self._findings(frames, cropped, rows, logits)))

    def _crop(self, image: NDArray[np.uint8]) -> FaceCrops:
        shape = self.manifest.input
        return crop_faces(image, self.find_faces, shape.size_px, shape.margin, self.manifest.min_face_px)

    def _measure(self, cropped: Sequence[FaceCrops]) -> Matrix:
        """Features (faces, FEATURES) of all crops in order."""
        crops = np.concatenate([c.crops for c in cropped])
        outlines = find_outlines(crops, self.manifest.input.margin)
        rows = [measure(crop, outline) for crop, outline in zip(crops, outlines, strict=True)]
        return np.stack(rows) if rows else np.zeros((0, len(FEATURES)), np.float32)

    def _findings(
        self,
        frames: SampledFrames,
        cropped: Sequence[FaceCrops],
        rows: Matrix,
        logits: NDArray[np.float64],
    ) -> Iterator[Finding]:
        """What made the most suspicious face suspicious, where it is unusual for an authentic one."""
        owner = np.repeat(np.arange(len(cropped)), [len(c.crops) for c in cropped])
        worst = int(np.argmax(logits))
        frame, time_s = frames.frame_indices[owner[worst]], frames.times_s[owner[worst]]
        shares = self.model.trees.shares(rows[worst])
        told = 0
        for number in np.argsort(-shares, kind="stable"):
            strength = self._strength(rows[worst], int(number))
            if told == MOST_FINDINGS or shares[number] < LEAST_SHARE:
                return
            if strength is not None:
                told += 1
                value = float(rows[worst, number])
                words = describe(FEATURES[number], value, time_s)
                yield Finding("seam", words, strength, BASIS, frame, frame, time_s, time_s, round(value, 4))

    def _strength(self, row: NDArray[np.float32], number: int) -> Strength | None:
        """How unusual a feature is among authentic faces; None where it is not."""
        lowest, low, high, highest = self.model.usual[:, number]
        if low <= row[number] <= high:
            return None
        return "weak" if lowest <= row[number] <= highest else "moderate"
