"""Which detectors there are, and loading one by name."""

from __future__ import annotations

import os
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from clipjury_ml.detection.manifest import MANIFEST_NAME, DetectorError, ModelManifest, read_manifest

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Detector

DEFAULT = "face-swap-lite0"
BUNDLED = Path(__file__).parent / "bundled"
ARCHITECTURES = {
    "lite0-face-swap": "clipjury_ml.detection.face_swap",
    "exported": "clipjury_ml.detection.exported",
    "provenance": "clipjury_ml.detection.provenance",
    "edit-trace": "clipjury_ml.detection.edit_trace.detector",
    "boundary-forensics": "clipjury_ml.detection.boundary_forensics.detector",
