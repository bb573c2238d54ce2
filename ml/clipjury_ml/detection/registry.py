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
    "av-sync": "clipjury_ml.detection.av_sync.detector",
    "boundary-forensics": "clipjury_ml.detection.boundary_forensics.detector",
    "lite0-whole-picture": "clipjury_ml.detection.whole_picture.detector",
}
"""Architecture → the module whose `build(manifest)` makes the detector; imported when one is loaded."""


def own_folder() -> Path:
    """Where `clipjury detectors add` keeps this user's detectors: $CLIPJURY_DETECTORS_DIR, or by XDG."""
    given = os.environ.get("CLIPJURY_DETECTORS_DIR")
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "clipjury" / "detectors"


def list_detectors(folder: Path | None = None) -> list[ModelManifest]:
    """The manifests of all detectors in folder, by id; by default the bundled ones and this user's.

    Reads no weights and imports no torch. Raises DetectorError where a manifest is broken or two share an id.
    """
    folders = [BUNDLED, own_folder()] if folder is None else [folder]
    found = sorted(
        (read_manifest(path.parent) for each in folders for path in each.glob(f"*/{MANIFEST_NAME}")),
        key=lambda m: m.id,
    )
    for first, second in pairwise(found):
        if first.id == second.id:
            raise DetectorError(
                f"two detectors call themselves {first.id}: {first.folder.name}, {second.folder.name}"
            )
    return found


def find_manifest(name: str, folder: Path | None = None) -> ModelManifest:
    """The manifest of the detector called name; DetectorError lists the names there are."""
    manifests = {manifest.id: manifest for manifest in list_detectors(folder)}
    if name not in manifests:
        raise DetectorError(f"there is no detector {name!r}; there are: {', '.join(manifests) or 'none'}")
    return manifests[name]


def load(name: str = DEFAULT, folder: Path | None = None) -> Detector:
    """The detector called name; raises DetectorError for an unknown name, and as `build` does."""
    return build(find_manifest(name, folder))


def load_folder(folder: Path) -> Detector:
    """The detector whose model.json stands in folder, wherever that is; raises DetectorError as `build` does."""
    return build(read_manifest(folder))


def build(manifest: ModelManifest) -> Detector:
    """The manifest's detector, its weights checked against the manifest's sha256 first.

    Raises DetectorError for an unknown architecture, a broken manifest, or weights that are missing, changed,
    or of a kind that could run foreign code.
    """
    module = ARCHITECTURES.get(manifest.architecture)
    if module is None:
        raise DetectorError(
            f"{manifest.id} wants the architecture {manifest.architecture!r}; known: {', '.join(ARCHITECTURES)}"
        )
    detector: Detector = import_module(module).build(manifest)
    return detector
