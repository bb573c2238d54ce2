"""The detector of sound that does not belong to the mouth: an offset, or somebody else's voice (ADR 0032)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clipjury_ml.detection.av_sync.agreement import agreement
from clipjury_ml.detection.av_sync.offsets import find_offsets
from clipjury_ml.detection.av_sync.series import Mouth, Voice, mouth_series, voice_series
from clipjury_ml.detection.described import Described
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.parameters import read_parameters
from clipjury_ml.detection.protocol import Abstention, Score
from clipjury_ml.media import operations
from clipjury_ml.media.containers import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from clipjury_ml.media.results import FaceTracks, Loudness, SampledFrames

Limits = dict[str, float]
LIMITS = (
    "quietest_db", "least_spread_db", "least_opening", "least_face_px", "shortest_s", "reach_s", "near_s", "far_s",
    "steepness", "offset_correlation", "offset_margin", "offset_distinct", "window_s", "window_step_s",
)  # fmt: skip


def build(manifest: ModelManifest) -> AvSyncDetector:
    """Make the detector; raises DetectorError where its thresholds are damaged."""
    limits = read_parameters(manifest)
    if set(limits) != set(LIMITS) or not all(isinstance(value, (int, float)) for value in limits.values()):
        raise DetectorError(f"{manifest.weights} of {manifest.id} must have numbers for {', '.join(LIMITS)}")
    return AvSyncDetector(manifest, limits)


class AvSyncDetector(Described):
    """Implements `Detector` and `ReadsFiles`."""

    def __init__(self, manifest: ModelManifest, limits: Limits) -> None:
        super().__init__(manifest)
        self.limits = limits

    def score(self, frames: SampledFrames) -> Score:
        """Abstain: sampled frames have no sound."""
        return _abstain("no_sound", len(frames.rgb), 0.0)

    def examine(self, path: Path) -> Score:
        """Compare mouth and voice in a video; a still picture is passed over. Raises MediaError."""
        started = time.perf_counter()
        with path.open("rb") as stream:
            container = sniff(stream.read(HEAD_BYTES))
        if container is not None and container.kind == "image":
            return _abstain("still_picture", 0, time.perf_counter() - started)
        with tempfile.TemporaryDirectory(prefix="clipjury-sync-") as folder:
            sound = operations.loudness(path, Path(folder))
            voice = voice_series(sound)
            why = self.why_unheard(sound, voice)
            if why is not None:  # the pictures cost far more than the sound, and would tell nothing
                return _abstain(why, 0, time.perf_counter() - started)
            from clipjury_ml.detection.landmarks.network import CROP_PX

            tracks = operations.face_tracks(path, Path(folder), CROP_PX)
        mouths = find_mouths(tracks)
        return self.judge(mouths, voice, tracks.frames, started)

    def why_unheard(self, sound: Loudness, voice: Voice) -> Abstention | None:
        """Why nothing can be said for want of speech, or None."""
        if voice.loudest_db < self.limits["quietest_db"]:
            return "no_sound"
        if len(sound.bands_db) * sound.step_s < self.limits["shortest_s"]:
            return "too_short"
        return "no_speech" if voice.level_spread < self.limits["least_spread_db"] else None

    def judge(self, mouths: Sequence[Mouth], voice: Voice, frames: int, started: float) -> Score:
        """The answer for the mouths of a clip whose voice was heard."""
        limits = self.limits
        large = [mouth for mouth in mouths if mouth.face_px >= limits["least_face_px"]]
        talking = [mouth for mouth in large if mouth.opening_spread >= limits["least_opening"]]
        seconds = sum(mouth.seconds for mouth in talking)
        why: Abstention | None = None
        if not large:
            why = "face_too_small" if mouths else "no_face"
        elif not talking:
            why = "no_talking_face"
        elif _overlap(talking):
            why = "several_talking_faces"
        elif seconds < limits["shortest_s"]:
            why = "too_short"
        if why is not None:
            return _abstain(why, frames, time.perf_counter() - started)
        found = agreement(talking, voice, limits["reach_s"])
        near, _ = found.best(0, limits["near_s"])
        far, _ = found.best(limits["far_s"], limits["reach_s"])
        p = 1 / (1 + float(np.exp(-limits["steepness"] * (far - near))))
        used = sum(mouth.frames[1] - mouth.frames[0] + 1 for mouth in talking)
        findings = tuple(find_offsets(talking, voice, found, limits))
        face_px = float(np.median([mouth.face_px for mouth in talking]))
        spent = time.perf_counter() - started
        return Score(p, True, False, used, used, spent, (None,) * frames, None, face_px, findings)


def find_mouths(tracks: FaceTracks) -> list[Mouth]:
    """The mouth of each track that is long enough to be compared, by its first frame."""
    from clipjury_ml.detection.landmarks.network import find_points

    mouths = []
    for track in tracks.tracks:
        seen = len(track.crops)
        if seen < 2 or track.times_s[seen - 1] - track.times_s[0] < 1.5:
            continue
        sides = track.boxes_xywh_px[:seen, 2:].max(axis=1)
        mouths.append(
            mouth_series(
                track.times_s[:seen], find_points(track.crops), track.frames[:seen], float(np.median(sides))
            )
        )
    return mouths


def _overlap(mouths: Sequence[Mouth]) -> bool:
    """Whether two mouths are seen at one time for more than half a second."""
    spans = sorted((mouth.start_s, mouth.start_s + mouth.seconds) for mouth in mouths)
    return any(later[0] < earlier[1] - 0.5 for earlier, later in pairwise(spans))


def _abstain(why: Abstention, frames: int, seconds: float) -> Score:
    return Score(None, False, False, frames, 0, seconds, (None,) * frames, why)
