"""Judge one file: hash it, sample frames in the sandbox, ask a detector. Nothing is decoded in this process."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury_ml.detection.protocol import DeclinesKinds, Finding, ReadsFiles
from clipjury_ml.media import operations
from clipjury_ml.media.containers import HEAD_BYTES, Kind, sniff
from clipjury_ml.media.errors import MediaError

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Abstention, Detector, Score
    from clipjury_ml.media.results import SampledFrames

DEFAULT_FRAMES = 12
Sampler = Callable[[Path, Path, int], "SampledFrames"]


@dataclass(frozen=True, slots=True)
class Detection:
    """One file's row, as `clipjury detect --json` prints it.

    An abstention has p_manipulated None, in_domain False, its reason and no error. error is `code: what to do`; a file
    that could not be read at all has neither sha256 nor kind. seconds is wall time, decoding included.
    """

    path: str
    sha256: str | None
    kind: Kind | None
    p_manipulated: float | None
    calibrated: bool
    in_domain: bool
    detector: str
    version: str
    frames_used: int
    faces: int
    seconds: float
    error: str | None
    findings: tuple[Finding, ...] = ()
    abstention: Abstention | None = None

    def as_row(self) -> dict[str, Any]:
        """The fields in the order of the interface."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Examination:
    """A detection with what it was made from, for those who measure the detector; None where a step failed."""

    detection: Detection
    score: Score | None
    frames: SampledFrames | None


def detect_file(path: Path, detector: Detector, sample: Sampler = operations.frames) -> Detection:
    """Judge the file at path; a broken or missing file gives a row with `error`, never an exception."""
    return examine_file(path, detector, sample).detection


def examine_file(path: Path, detector: Detector, sample: Sampler = operations.frames) -> Examination:
    """As detect_file, with the score and the frames beside the row."""
    started = time.perf_counter()
    row = Detection(str(path), None, None, None, False, False, detector.id, detector.version, 0, 0, 0.0, None)
    score: Score | None = None
    frames: SampledFrames | None = None
    try:
        digest, kind = identify(path)
        row = replace(row, sha256=digest, kind=kind)
        declined = detector.decline(kind) if isinstance(detector, DeclinesKinds) and kind else None
        if declined is not None:
            score = declined
        elif isinstance(detector, ReadsFiles):
            score = detector.examine(path)
        else:
            frames = sample_frames(path, frames_wanted(detector), sample)
            score = detector.score(frames)
        row = _with_score(row, score)
    except MediaError as error:
        row = replace(row, error=f"{error.code}: {error.detail}")
    except OSError as error:
        row = replace(row, error=f"cannot_open: {error.strerror or error}")
    return Examination(replace(row, seconds=round(time.perf_counter() - started, 3)), score, frames)


def identify(path: Path) -> tuple[str, Kind | None]:
    """sha256 of the whole file and the kind its first bytes announce; raises OSError where it cannot be read."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        container = sniff(stream.read(HEAD_BYTES))
    return digest, container.kind if container else None


def frames_wanted(detector: Detector) -> int:
    """How many frames the detector's manifest asks for."""
    return int(detector.describe().get("input", {}).get("frames", DEFAULT_FRAMES))


def sample_frames(path: Path, count: int, sample: Sampler = operations.frames) -> SampledFrames:
    """count frames of the file, decoded in the sandbox; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="clipjury-frames-") as folder:
        return sample(path, Path(folder), count)


def _with_score(row: Detection, score: Score) -> Detection:
    return replace(
        row,
        p_manipulated=score.p_manipulated,
        calibrated=score.calibrated,
        in_domain=score.in_domain,
        frames_used=score.frames_used,
        faces=score.faces,
        findings=score.findings,
        abstention=score.abstention,
    )
