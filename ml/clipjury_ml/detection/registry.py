"""Which detectors there are, and loading one by name."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from clipjury_ml.detection.manifest import MANIFEST_NAME, DetectorError, ModelManifest, read_manifest

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Detector

DEFAULT = "face-swap-lite0"
BUNDLED = Path(__file__).parent / "bundled"
ARCHITECTURES = {"lite0-face-swap": "clipjury_ml.detection.face_swap"}
"""Architecture → the module whose `build(manifest)` makes the detector; imported when one is loaded."""


def list_detectors(folder: Path = BUNDLED) -> list[ModelManifest]:
    """The manifests of all detectors in folder, by id; reads no weights and imports no torch.

    Raises DetectorError where a manifest is broken or two share an id.
    """
    found = sorted(
        (read_manifest(path.parent) for path in folder.glob(f"*/{MANIFEST_NAME}")), key=lambda m: m.id
    )
    for first, second in pairwise(found):
        if first.id == second.id:
            raise DetectorError(
                f"two detectors call themselves {first.id}: {first.folder.name}, {second.folder.name}"
            )
    return found


def find_manifest(name: str, folder: Path = BUNDLED) -> ModelManifest:
    """The manifest of the detector called name; DetectorError lists the names there are."""
    manifests = {manifest.id: manifest for manifest in list_detectors(folder)}
    if name not in manifests:
        raise DetectorError(f"there is no detector {name!r}; there are: {', '.join(manifests) or 'none'}")
    return manifests[name]


def load(name: str = DEFAULT, folder: Path = BUNDLED) -> Detector:
    """The detector called name; raises DetectorError for an unknown name, and as `build` does."""
    return build(find_manifest(name, folder))


def load_folder(folder: Path) -> Detector:
    """The detector whose model.json stands in folder, wherever that is; raises DetectorError as `build` does."""
    return build(read_manifest(folder))


def build(manifest: ModelManifest) -> Detector:
    """The manifest's detector, its weights checked against the manifest's sha256 first.

    Raises DetectorError for an unknown architecture, a broken manifest, or weights that are missing, changed,
    or not safetensors.
    """
    module = ARCHITECTURES.get(manifest.architecture)
    if module is None:
        raise DetectorError(
            f"{manifest.id} wants the architecture {manifest.architecture!r}; known: {', '.join(ARCHITECTURES)}"
        )
    detector: Detector = import_module(module).build(manifest)
    return detector
