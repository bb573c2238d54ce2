"""Face crops of the clips, sampled as the detector will see them: decoded in the sandbox, kept as .npz by clip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.crops import crop_faces
from clipjury_ml.detection.detect import sample_frames
from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.faces import detect_faces
from clipjury_ml.training.snapshot_set import LabelledClip

Crops = NDArray[np.uint8]  # (faces, size, size, 3)


@dataclass(frozen=True, eq=False)
class FaceSet:
    """Clips with at least one face, their crops in the same order, and how many clips fell out for which reason."""

    clips: tuple[LabelledClip, ...]
    crops: tuple[Crops, ...]
    left_out: dict[str, int]


def gather_faces(
    clips: Sequence[LabelledClip],
    manifest: ModelManifest,
    frames: int,
    cache: Path,
    report: Callable[[int], None],
) -> FaceSet:
    """Crop the largest face of each of `frames` frames of every clip; `report` gets the number of clips done.

    What `cache` holds from an earlier, interrupted call is used again. A clip without a usable face, without its
    file, or that cannot be decoded, is left out and counted.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept: list[LabelledClip] = []
    crops: list[Crops] = []
    left_out: dict[str, int] = {}
    for number, clip in enumerate(clips, start=1):
        found = _cached(cache / f"{clip.sha256}.npz")
        if found is None:
            found, reason = _sample(clip, manifest, frames)
            if reason is not None:
                left_out[reason] = left_out.get(reason, 0) + 1
            else:
                _keep(found, cache / f"{clip.sha256}.npz")
        if len(found):
            kept.append(clip)
            crops.append(found)
        report(number)
    return FaceSet(tuple(kept), tuple(crops), left_out)


def _sample(clip: LabelledClip, manifest: ModelManifest, frames: int) -> tuple[Crops, str | None]:
    shape = manifest.input
    none = np.zeros((0, shape.size_px, shape.size_px, 3), np.uint8)
    if clip.path is None:
        return none, "no file"
    try:
        sampled = sample_frames(clip.path, frames)
    except (MediaError, OSError):
        return none, "cannot be decoded"
    parts = [
        crop_faces(image, detect_faces, shape.size_px, shape.margin, manifest.min_face_px).crops[:1]
        for image in sampled.rgb
    ]
    found = np.concatenate(parts)
    return found, None if len(found) else "no face large enough"


def _cached(path: Path) -> Crops | None:
    try:
        with np.load(path) as stored:
            return np.asarray(stored["crops"], np.uint8)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _keep(crops: Crops, path: Path) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(part, crops=crops)
    part.replace(path)
