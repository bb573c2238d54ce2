"""Detectors without a network: what they go by stands in a JSON file, hashed like any weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from clipjury_ml.detection.described import Described, read_named
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.protocol import Finding, Score

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames

LARGEST_BYTES = 1024 * 1024


def read_parameters(manifest: ModelManifest) -> dict[str, Any]:
    """The manifest's parameters file, once its hash was checked; raises DetectorError."""
    content = read_named(manifest, LARGEST_BYTES)
    try:
        found = json.loads(content)
    except ValueError as error:
        raise DetectorError(f"{manifest.weights} of {manifest.id} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise DetectorError(f"{manifest.weights} of {manifest.id} must be an object")
    return found


class FindingsOnly(Described):
    """Implements `Detector` but for `examine`: reports what it finds, and never gives a score."""

    def score(self, frames: SampledFrames) -> Score:
        """Abstain: sampled frames hold nothing that this detector looks at."""
        return abstain((), 0, 0.0)


def abstain(findings: tuple[Finding, ...], frames: int, seconds: float) -> Score:
    """An abstention with findings; frames were looked at."""
    return Score(None, False, False, frames, 0, seconds, (None,) * frames, "facts_only", None, findings)
