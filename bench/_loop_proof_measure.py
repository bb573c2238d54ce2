"""Clips as the detectors see them, and two detectors on the same clips.

Fine-tuning changes what comes after the network's fork, so the part before it, which is nearly all of the time, is
done once for all that are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from bench._loop_proof_clips import Clip
from numpy.typing import NDArray

from clipjury_ml.detection.conditions import measure_conditions
from clipjury_ml.detection.crops import FaceCrops
from clipjury_ml.detection.detect import examine_file
from clipjury_ml.detection.face_swap import BATCH, FaceSwapDetector, build_network
from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.logits import aggregate, sigmoid
from clipjury_ml.detection.manifest import read_manifest
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.evaluation.comparison import Comparison, PairedItem, compare
from clipjury_ml.evaluation.confounds import ProbeResult, probe_confounds
from clipjury_ml.evaluation.items import Item
from clipjury_ml.media import operations
from clipjury_ml.media.results import SampledFrames

FRAMES = 6  # of a clip; half of what the detector samples, the same for every version


@dataclass(frozen=True, eq=False)
class Seen:
    """A clip at the fork: cells (faces, 112, h, w), which frame each face is of, the base's answer, conditions."""

    clip: Clip
    cells: torch.Tensor
    frames: NDArray[np.int64]
    answer: float | None
    conditions: Mapping[str, float]


class _Watched(FaceSwapDetector):
    """The detector, remembering what it saw of the last clip."""

    def logits_of(self, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        with torch.inference_mode():
            parts = [crops[start : start + BATCH] for start in range(0, len(crops), BATCH)]
            cells = [
                self._network.cells(to_input(p).contiguous(memory_format=torch.channels_last)) for p in parts
            ]
            self.cells = torch.cat(cells) if cells else torch.zeros(0, 112, 1, 1)
            logits = [self._network.classify(part) for part in cells]
        return torch.cat(logits).double().numpy() if logits else np.zeros(0)

    def crop(self, image: NDArray[np.uint8]) -> FaceCrops:
        found = super().crop(image)
        self.counts.append(len(found.crops))
        return found

    def watch(self, clip: Clip) -> Seen:
        """Judge a clip and keep what was seen."""
        self.counts: list[int] = []
        self.cells = torch.zeros(0, 112, 1, 1)
        examined = examine_file(clip.path, self, _sample)
        if examined.detection.error is not None:
            raise RuntimeError(f"{clip.path}: {examined.detection.error}")
        frames = np.repeat(np.arange(len(self.counts)), self.counts)
        return Seen(
            clip,
            self.cells,
            frames,
            examined.detection.p_manipulated,
            measure_conditions(clip.path, examined),
        )


def _sample(path: Path, folder: Path, count: int) -> SampledFrames:
    return operations.frames(path, folder, min(count, FRAMES))


def look_at(clips: Sequence[Clip], base: Path) -> list[Seen]:
    """What the detector in folder base sees of clips."""
    manifest = read_manifest(base)
    detector = _Watched(manifest, build_network(manifest))
    return [detector.watch(clip) for clip in clips]


def score_seen(seen: Sequence[Seen], version: Path, base: Path) -> list[float | None]:
    """What the version in folder `version` answers; where the base abstains, so does it.

    Raises RuntimeError where the version differs from the base before the fork: then nothing can be shared.
    """
    network = build_network(read_manifest(version)).eval()
    _refuse_other_stem(network, build_network(read_manifest(base)))
    manifest = read_manifest(version)
    answers: list[float | None] = []
    with torch.inference_mode():
        for each in seen:
            if each.answer is None:
                answers.append(None)
                continue
            logits = network.classify(each.cells).double().numpy()
            highest = [float(logits[each.frames == frame].max()) for frame in np.unique(each.frames)]
            answers.append(sigmoid(aggregate(highest, manifest.aggregation, manifest.top_k)))
    return answers


def _refuse_other_stem(one: Lite0FaceSwap, other: Lite0FaceSwap) -> None:
    changing = {id(parameter) for parameter in one.classifying_parameters()}
    theirs = dict(other.named_parameters())
    for name, value in one.named_parameters():
        if id(value) not in changing and not torch.equal(value, theirs[name]):
            raise RuntimeError(f"{name} was trained: the versions share nothing before the fork")


def compare_versions(
    seen: Sequence[Seen], incumbent: Sequence[float | None], candidate: Sequence[float | None]
) -> Comparison:
    """Both versions on the same clips: AUCs and their difference, resampled by group."""
    items = [
        PairedItem(each.clip.id, int(each.clip.is_manipulated), each.clip.group, before, after, "video")
        for each, before, after in zip(seen, incumbent, candidate, strict=True)
    ]
    return compare(items)


def probe(seen: Sequence[Seen]) -> list[ProbeResult]:
    """Whether the label can be told from file size, picture size, bit rate, sharpness or the face's size alone."""
    items = [
        Item(e.clip.id, int(e.clip.is_manipulated), e.answer, e.clip.group, conditions=e.conditions)
        for e in seen
    ]
    return probe_confounds(items)
