"""What every detector says of itself: its manifest's words. And whether a file is the one a manifest names."""

from __future__ import annotations

import hashlib
from typing import Any

from clipjury_ml.detection.manifest import DetectorError, ModelManifest


class Described:
    """The part of `Detector` that the manifest answers."""

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


def read_named(manifest: ModelManifest, largest_bytes: int) -> bytes:
    """The bytes of the manifest's weights file; raises DetectorError where it is missing, too large, or another."""
    path = manifest.weights_path
    try:
        if path.stat().st_size > largest_bytes:
            raise DetectorError(f"{path.name} is larger than {largest_bytes // 2**20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise DetectorError(f"{path.name} cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.sha256:
        raise DetectorError(
            f"{path.name} of {manifest.id} has sha256 {digest[:12]}…, the manifest says {manifest.sha256[:12]}…: "
            "the file was changed or damaged; restore it or install the package again"
        )
    return content
