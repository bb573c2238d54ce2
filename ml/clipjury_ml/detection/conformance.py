"""What every detector must do before it may score a clip, tried on its folder: `clipjury detectors check DIR`."""

from __future__ import annotations

import hashlib
import json
import pickle
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clipjury_ml.detection.manifest import MANIFEST_NAME, DetectorError, ModelManifest, read_manifest
from clipjury_ml.detection.protocol import Detector, ReadsFiles, Score
from clipjury_ml.detection.registry import build, load_folder
from clipjury_ml.media.faces import Face
from clipjury_ml.media.results import SampledFrames

LARGEST_DIFFERENCE = 1e-4
SLOWEST_S_A_FRAME = 5.0
MOST_MEMORY_MB = 2048
_SHAPE = (360, 640)  # height, width of the drawn frames


@dataclass(frozen=True, slots=True)
class Check:
    """One demand, whether it is met, and what was seen."""

    name: str
    passed: bool
    seen: str


def check_folder(folder: Path) -> Iterator[Check]:
    """Try the detector in folder against each demand in turn; ends early where it cannot be loaded at all.

    The frames are drawn, and where faces are wanted the finder is told where they are: what is tried is the
    form of the answers, never whether they are right.
    """
    before_mb = _peak_mb()
    try:
        manifest = read_manifest(folder)
        detector = build(manifest)
    except DetectorError as error:
        yield Check("loads", False, str(error))
        return
    yield Check("loads", True, f"{manifest.weights}, sha256 {manifest.sha256[:12]}")
    yield _refuses("refuses changed weights", manifest, _change_last_byte)
    yield _refuses("refuses a pickle under its weights' name", manifest, _put_pickle)
    frames = draw_frames(1 if manifest.judges == ("image",) else manifest.input.frames, seed=1)
    _show_faces(detector, 0.5)
    try:
        started = time.perf_counter()
        first = detector.score(frames)
        yield _check_speed((time.perf_counter() - started) / len(frames.rgb))
        yield _check_form(
            first, len(frames.rgb), is_silent=isinstance(detector, ReadsFiles) or not manifest.judges
        )
        yield from _check_repeats(folder, detector, frames, first)
        yield _check_extremes(detector, manifest.input.frames)
        yield from _check_abstention(detector, manifest)
    except (DetectorError, ValueError, RuntimeError, IndexError) as error:
        yield Check("answers in form", False, str(error).strip().splitlines()[0][:200])
    used_mb = _peak_mb() - before_mb
    yield Check(
        "memory", used_mb <= MOST_MEMORY_MB, f"{used_mb} MB at the peak, at most {MOST_MEMORY_MB} are allowed"
    )


def draw_frames(count: int, seed: int, level: int | None = None) -> SampledFrames:
    """count frames of soft noise, or of one grey level."""
    if level is not None:
        rgb = np.full((count, *_SHAPE, 3), level, np.uint8)
    else:
        coarse = np.random.default_rng(seed).integers(0, 256, (count, _SHAPE[0] // 8, _SHAPE[1] // 8, 3))
        rgb = coarse.astype(np.uint8).repeat(8, axis=1).repeat(8, axis=2)
    return SampledFrames(rgb, tuple(range(count)), tuple(n / 25 for n in range(count)))


def _check_form(score: Score, frames: int, *, is_silent: bool) -> Check:
    """One that looks at whole files, or was never trained, has nothing to say of sampled frames, and must say so."""
    if is_silent:
        abstained = score.p_manipulated is None and not score.in_domain and score.abstention is not None
        return Check("answers in form", abstained, f"on sampled frames: {score.abstention}")
    told = [value for value in score.frame_scores if value is not None]
    good = (
        len(score.frame_scores) == frames
        and score.p_manipulated is not None
        and all(0 <= value <= 1 for value in told)
        and 0 < score.frames_used <= frames
    )
    seen = f"p_manipulated {score.p_manipulated}, {len(score.frame_scores)} frame scores for {frames} frames"
    return Check("answers in form", good, seen)


def _check_speed(seconds: float) -> Check:
    seen = f"{seconds:.2f} s a frame, at most {SLOWEST_S_A_FRAME:.0f} are allowed"
    return Check("speed", seconds <= SLOWEST_S_A_FRAME, seen)


def _check_repeats(folder: Path, detector: Detector, frames: SampledFrames, first: Score) -> Iterator[Check]:
    detector.score(draw_frames(len(frames.rgb), seed=2))  # nothing of the clip before may stay behind
    again = _difference(first, detector.score(frames))
    yield Check("same frames, same score", again <= LARGEST_DIFFERENCE, f"differs by {again:.1e}")
    other = load_folder(folder)
    _show_faces(other, 0.5)
    anew = _difference(first, other.score(frames))
    yield Check("same score when loaded anew", anew <= LARGEST_DIFFERENCE, f"differs by {anew:.1e}")


def _difference(first: Score, second: Score) -> float:
    ours, theirs = (s.p_manipulated if s.p_manipulated is not None else -1.0 for s in (first, second))
    return abs(ours - theirs)


def _check_extremes(detector: Detector, frames: int) -> Check:
    scores = [detector.score(draw_frames(frames, 0, level)) for level in (0, 255)]
    seen = ", ".join(f"{s.abstention or s.p_manipulated}" for s in scores)
    return Check("black and white frames", all(np.isfinite(s.p_manipulated or 0) for s in scores), seen)


def _check_abstention(detector: Detector, manifest: ModelManifest) -> Iterator[Check]:
    """A detector of faces abstains without them; one of whole clips where there are too few frames."""
    if manifest.input.kind == "face_crop":
        for words, share in (
            ("without a face", 0.0),
            ("on tiny faces", manifest.min_face_px / 2 / _SHAPE[0]),
        ):
            _show_faces(detector, share)
            score = detector.score(draw_frames(manifest.input.frames, seed=3))
            yield Check(f"abstains {words}", not score.in_domain, f"{score.abstention}")
    elif manifest.input.kind == "clip" and manifest.input.frames > 1:
        score = detector.score(draw_frames(manifest.input.frames - 1, seed=3))
        yield Check("abstains on too few frames", not score.in_domain, f"{score.abstention}")


def _show_faces(detector: Any, share: float) -> None:
    """Tell a detector of faces where the drawn face is: in the middle, share of the frame's height; 0 is none."""

    def find(image: np.ndarray[Any, Any]) -> list[Face]:
        height, width = image.shape[:2]
        side = height * share
        box = (width / 2 - side / 2, height / 2 - side / 2, side, side)
        return [Face(box, np.zeros((5, 2), np.float32), 0.99)] if share else []

    if hasattr(detector, "find_faces"):
        detector.find_faces = find


def _refuses(name: str, manifest: ModelManifest, spoil: Callable[[Path], bool]) -> Check:
    """A copy of the folder with its weights spoilt must not load."""
    with tempfile.TemporaryDirectory(prefix="clipjury-check-") as home:
        copy = Path(home) / "copy"
        copy.mkdir()
        for each in (MANIFEST_NAME, manifest.weights):
            shutil.copyfile(manifest.folder / each, copy / each)
        renew_hash = spoil(copy / manifest.weights)
        card = json.loads((copy / MANIFEST_NAME).read_text(encoding="utf-8"))
        if renew_hash:
            card["sha256"] = hashlib.sha256((copy / manifest.weights).read_bytes()).hexdigest()
            (copy / MANIFEST_NAME).write_text(json.dumps(card), encoding="utf-8")
        try:
            load_folder(copy)
        except DetectorError as error:
            return Check(name, True, str(error)[:120])
    return Check(name, False, "it was loaded")


def _change_last_byte(weights: Path) -> bool:
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    return False


def _put_pickle(weights: Path) -> bool:
    weights.write_bytes(pickle.dumps({"weights": [0.0] * 100}))
    return True


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
