"""The detector of traces of editing: every test on one clip, as findings. It always abstains (ADR 0027)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from clipjury_ml.detection.edit_trace.coding_tests import (
    find_former_rhythm,
    find_mixed_rhythms,
    find_shifted_grid,
)
from clipjury_ml.detection.edit_trace.noise_tests import find_other_noise
from clipjury_ml.detection.edit_trace.pace_tests import find_uneven_pace
from clipjury_ml.detection.edit_trace.picture_tests import find_cuts, find_overlays
from clipjury_ml.detection.edit_trace.timeline_tests import (
    find_clock_gaps,
    find_copied_frames,
    find_even_repeats,
    find_sound_misfits,
    find_still_runs,
    frame_differences,
)
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.parameters import FindingsOnly, abstain, read_parameters
from clipjury_ml.detection.protocol import Finding, Score
from clipjury_ml.media import operations
from clipjury_ml.media.containers import HEAD_BYTES, sniff
from clipjury_ml.media.results import Traces

Limits = dict[str, dict[str, float]]
PLAIN_RHYTHM = ("h264", "mpeg4")  # VP8 and later spend more on every n-th frame by themselves
TESTS = (
    "cuts", "clock", "still", "repeats", "pace", "copied", "sound", "overlays", "rhythm", "mixed",
    "grid", "noise",
)  # fmt: skip


def build(manifest: ModelManifest) -> EditTraceDetector:
    """Make the detector; raises DetectorError where its thresholds are damaged."""
    limits = read_parameters(manifest)
    if set(limits) != set(TESTS):
        raise DetectorError(
            f"{manifest.weights} of {manifest.id} must have thresholds for {', '.join(TESTS)}"
        )
    return EditTraceDetector(manifest, limits)


class EditTraceDetector(FindingsOnly):
    """Implements `Detector` and `ReadsFiles`."""

    def __init__(self, manifest: ModelManifest, limits: Limits) -> None:
        super().__init__(manifest)
        self.limits = limits

    def examine(self, path: Path) -> Score:
        """Try every test on a video; a still picture is passed over. Raises MediaError."""
        started = time.perf_counter()
        with path.open("rb") as stream:
            container = sniff(stream.read(HEAD_BYTES))
        if container is not None and container.kind == "image":
            return abstain((), 0, time.perf_counter() - started)
        with tempfile.TemporaryDirectory(prefix="clipjury-traces-") as folder:
            traces = operations.traces(path, Path(folder))
        findings = tuple(find_traces(traces, self.limits))
        return abstain(findings, len(traces.small), time.perf_counter() - started)


def find_traces(traces: Traces, limits: dict[str, Any]) -> Iterator[Finding]:
    """All tests' findings on one clip; frame numbers are those of the frame index, also where frames are missing."""
    for finding in _find(traces, limits):
        if finding.start_frame is None or finding.end_frame is None:
            yield finding
            continue
        start, end = int(traces.frames[finding.start_frame]), int(traces.frames[finding.end_frame])
        yield replace(finding, start_frame=start, end_frame=end)


def _find(traces: Traces, limits: Limits) -> Iterator[Finding]:
    small, times_s, types = traces.small, traces.times_s, traces.picture_types
    differences = frame_differences(small)
    yield from find_cuts(small, differences, times_s, limits["cuts"])
    yield from find_clock_gaps(times_s, limits["clock"])
    repeats = list(find_even_repeats(differences, limits["repeats"]))
    yield from repeats
    if not repeats:
        yield from find_still_runs(small, types, times_s, limits["still"])
        yield from find_uneven_pace(small, types, times_s, limits["pace"])
    yield from find_copied_frames(small, times_s, limits["copied"])
    yield from find_sound_misfits(traces.sound_s, times_s, traces.duration_s, limits["sound"])
    yield from find_overlays(small, times_s, limits["overlays"])
    if traces.codec in PLAIN_RHYTHM:
        yield from find_former_rhythm(traces.packet_bytes, types, limits["rhythm"])
    yield from find_mixed_rhythms(types, times_s, limits["mixed"])
    yield from find_shifted_grid(traces.full, limits["grid"])
    yield from find_other_noise(traces.noise, traces.noise_rows, times_s, limits["noise"])
