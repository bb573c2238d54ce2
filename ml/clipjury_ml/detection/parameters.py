"""Detectors without a network: what they go by stands in a JSON file, hashed like any weights."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.protocol import Finding, Score

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames


def read_parameters(manifest: ModelManifest) -> dict[str, Any]:
    """The manifest's parameters file, once its hash was checked; raises DetectorError."""
    try:
        content = manifest.weights_path.read_bytes()
    except OSError as error:
        raise DetectorError(f"{manifest.weights} cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.sha256:
        raise DetectorError(
            f"{manifest.weights} of {manifest.id} has sha256 {digest[:12]}…, the manifest says "
            f"{manifest.sha256[:12]}…: it was changed or damaged"
        )
    try:
        found = json.loads(content)
    except ValueError as error:
        raise DetectorError(f"{manifest.weights} of {manifest.id} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise DetectorError(f"{manifest.weights} of {manifest.id} must be an object")
    return found


class FindingsOnly:
    """Implements `Detector` but for `examine`: reports what it finds, and never gives a score."""

    def __init__(self, manifest: ModelManifest) -> None:
        self.manifest = manifest

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def sha256(self) -> str:
        return self.manifest.sha256

    @property
    def modality(self) -> str:
        return self.manifest.modality

    def describe(self) -> dict[str, Any]:
        """The manifest as plain values."""
        return self.manifest.as_dict()

    def score(self, frames: SampledFrames) -> Score:
        """Abstain: sampled frames hold nothing that this detector looks at."""
        return abstain((), 0, 0.0)


def abstain(findings: tuple[Finding, ...], frames: int, seconds: float) -> Score:
    """An abstention with findings; frames were looked at."""
    return Score(None, False, False, frames, 0, seconds, (None,) * frames, "facts_only", None, findings)
