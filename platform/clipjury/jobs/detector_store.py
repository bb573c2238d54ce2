"""Detectors' folders in the object store, and detectors loaded from there after their hashes were checked."""

import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries.detector_versions import NewVersion, VersionRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.services import detectors
from clipjury_ml.detection import registry
from clipjury_ml.detection.manifest import MANIFEST_NAME, DetectorError, ModelManifest, read_manifest

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Detector

BUNDLED = registry.BUNDLED / "face_swap_lite0"
ALSO_BUNDLED: "tuple[Path, ...]" = tuple(
    sorted({path.parent for path in registry.BUNDLED.glob(f"*/{MANIFEST_NAME}")} - {BUNDLED})
)
_KEPT_LOADED = 8  # those in force, and two that are being compared

_loading = threading.Lock()
_loaded: "OrderedDict[int, Detector]" = OrderedDict()


def keep_folder(deps: Deps, folder: Path) -> NewVersion:
    """Store a detector's folder under its hashes; what is to be registered. Raises DetectorError.

    The weights are hashed before they are stored, and nothing in them is interpreted.
    """
    manifest = read_manifest(folder)
    _check_weights(manifest)
    card_sha256 = hashlib.sha256((folder / MANIFEST_NAME).read_bytes()).hexdigest()
    prefix = f"detectors/{manifest.sha256}/{card_sha256[:16]}"
    for name in (manifest.weights, MANIFEST_NAME):
        key = f"{prefix}/{name}"
        if not deps.storage.exists(key):
            deps.storage.put_file(key, folder / name)
    return NewVersion(
        detector=manifest.id,
        version=manifest.version,
        sha256=manifest.sha256,
        card=manifest.as_dict(),
        storage_key=prefix,
    )


def _check_weights(manifest: ModelManifest) -> None:
    try:
        with manifest.weights_path.open("rb") as source:
            found = hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise DetectorError(f"{manifest.weights} cannot be read: {error.strerror}") from error
    if found != manifest.sha256:
        raise DetectorError(
            f"{manifest.weights} has sha256 {found[:12]}…, {MANIFEST_NAME} says {manifest.sha256[:12]}…: the "
            "weights were changed or damaged."
        )


def ensure_bundled(deps: Deps) -> None:
    """Register the detectors that come with the package, and keep their folders, so that they outlive an update."""
    for folder in (BUNDLED, *ALSO_BUNDLED):
        _ensure_registered(deps, folder)


def _ensure_registered(deps: Deps, folder: Path) -> None:
    manifest = read_manifest(folder)
    with transaction() as session:
        known = versions.list_versions(session, manifest.id)
    if any(
        row.version == manifest.version and row.sha256 == manifest.sha256 and row.storage_key for row in known
    ):
        return
    new = keep_folder(deps, folder)
    with transaction() as session:
        detectors.register_version(session, new)


def load_active(deps: Deps) -> "list[tuple[VersionRow, Detector]]":
    """The detectors in force at this moment; each is loaded once a process. Raises DetectorError, StorageError."""
    ensure_bundled(deps)
    with transaction() as session:
        active = versions.list_active(session)
    return [(row, load_version(deps, row)) for row in active]


def load_version(deps: Deps, row: VersionRow) -> "Detector":
    """The version's detector, its hashes checked; raises DetectorError, StorageError."""
    with _loading:  # two threads at their first clip load it once
        if row.id in _loaded and _loaded[row.id].sha256 == row.sha256:
            _loaded.move_to_end(row.id)
            return _loaded[row.id]
        import torch

        torch.set_num_threads(1)
        detector = registry.load_folder(fetch_folder(deps, row))
        _loaded[row.id] = detector
        while len(_loaded) > _KEPT_LOADED:
            _loaded.popitem(last=False)
        return detector


def forget_loaded() -> None:
    """Drop what is loaded; for tests, whose version ids begin anew with every database."""
    _loaded.clear()


def fetch_folder(deps: Deps, row: VersionRow) -> Path:
    """The version's folder as files on this machine, once its card and its weights are what was registered."""
    if row.storage_key is None:
        raise DetectorError(f"the weights of {row.detector} {row.version} are not in the store")
    here = deps.storage.local_path(f"{row.storage_key}/{MANIFEST_NAME}")
    folder = here.parent if here is not None else _download(deps, row)
    manifest = read_manifest(folder)
    if (manifest.id, manifest.version, manifest.sha256) != (row.detector, row.version, row.sha256):
        raise DetectorError(
            f"the stored card of {row.detector} {row.version} is not the one that was registered"
        )
    _check_weights(manifest)
    return folder


def _download(deps: Deps, row: VersionRow) -> Path:
    root = deps.settings.state_dir / "worker" / "detectors"
    home = root / f"{row.id}-{row.sha256[:16]}"
    if (home / MANIFEST_NAME).is_file():
        return home
    root.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=root, prefix=".incoming-"))
    try:
        for name in (str(row.card["weights"]), MANIFEST_NAME):
            if Path(name).name != name:
                raise DetectorError(
                    f"the card of {row.detector} {row.version} names a file outside its folder"
                )
            deps.storage.download(f"{row.storage_key}/{name}", part / name)
        shutil.rmtree(home, ignore_errors=True)
        part.replace(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return home
