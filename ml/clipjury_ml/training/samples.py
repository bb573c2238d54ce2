"""Pictures of the clips as a detector of one kind of input sees them: decoded in the sandbox, kept as .npz by clip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.detect import sample_frames
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.media.errors import MediaError
from clipjury_ml.training.snapshot_set import LabelledClip

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames

Picture = NDArray[np.uint8]  # (size, size, 3)
Pictures = NDArray[np.uint8]  # (pictures, size, size, 3)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How clips become pictures of one kind of input, and how a picture may be varied while training.

    phase is what the progress calls it; empty_handed is why a decoded clip gives no picture, and wanted says, as the
    end of a sentence about a label's clips, what none of them did.
    """

    phase: str
    take: Callable[[SampledFrames, ModelManifest], Pictures]
    augment: Callable[[Picture, np.random.Generator], Picture]
    empty_handed: str
    wanted: str


@dataclass(frozen=True, eq=False)
class SampleSet:
    """Clips with at least one picture, their pictures in the same order, and how many fell out for which reason."""

    clips: tuple[LabelledClip, ...]
    pictures: tuple[Pictures, ...]
    left_out: dict[str, int]


def sampling_of(manifest: ModelManifest) -> Sampling:
    """The sampling of the manifest's kind of input; raises DetectorError for one that nothing is trained on."""
    from clipjury_ml.training.face_samples import FACES
    from clipjury_ml.training.tile_samples import TILES

    known = {"face_crop": FACES, "tiles": TILES}
    if manifest.input.kind not in known:
        raise DetectorError(
            f"{manifest.id} looks at {manifest.input.kind}; training knows {', '.join(known)}"
        )
    return known[manifest.input.kind]


def gather_samples(
    clips: Sequence[LabelledClip],
    manifest: ModelManifest,
    frames: int,
    cache: Path,
    report: Callable[[int], None],
) -> SampleSet:
    """Take the pictures of `frames` frames of every clip; `report` gets the number of clips done.

    What `cache` holds from an earlier, interrupted call is used again. A clip without a usable picture, without its
    file, or that cannot be decoded, is left out and counted.
    """
    cache.mkdir(parents=True, exist_ok=True)
    sampling = sampling_of(manifest)
    kept: list[LabelledClip] = []
    pictures: list[Pictures] = []
    left_out: dict[str, int] = {}
    for number, clip in enumerate(clips, start=1):
        found = _cached(cache / f"{clip.sha256}.npz")
        if found is None:
            found, reason = _sample(clip, manifest, sampling, frames)
            if reason is not None:
                left_out[reason] = left_out.get(reason, 0) + 1
            else:
                _keep(found, cache / f"{clip.sha256}.npz")
        if len(found):
            kept.append(clip)
            pictures.append(found)
        report(number)
    return SampleSet(tuple(kept), tuple(pictures), left_out)


def _sample(
    clip: LabelledClip, manifest: ModelManifest, sampling: Sampling, frames: int
) -> tuple[Pictures, str | None]:
    none = np.zeros((0, manifest.input.size_px, manifest.input.size_px, 3), np.uint8)
    if clip.path is None:
        return none, "no file"
    try:
        sampled = sample_frames(clip.path, frames)
    except (MediaError, OSError):
        return none, "cannot be decoded"
    found = sampling.take(sampled, manifest)
    return found, None if len(found) else sampling.empty_handed


def _cached(path: Path) -> Pictures | None:
    try:
        with np.load(path) as stored:
            return np.asarray(stored["pictures"], np.uint8)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _keep(pictures: Pictures, path: Path) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(part, pictures=pictures)
    part.replace(path)
