"""Detectors are found by manifest, and their weights are trusted only by hash and only as safetensors."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import pytest
from tests.factories.detectors import write_detector

from clipjury_ml.detection.manifest import DetectorError, read_manifest
from clipjury_ml.detection.registry import BUNDLED, build, find_manifest, list_detectors, load


class RunsCode:
    """Pickled, it would write a file when loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (str(self.trace),)


def change_manifest(home: Path, **changes: object) -> None:
    manifest = json.loads((home / "model.json").read_text())
    (home / "model.json").write_text(json.dumps(manifest | changes))


def test_detectors_in_a_folder_are_listed_by_id(tmp_path: Path) -> None:
    write_detector(tmp_path, "b-second")
    write_detector(tmp_path, "a-first")
    assert [manifest.id for manifest in list_detectors(tmp_path)] == ["a-first", "b-second"]


def test_a_detector_with_the_right_hash_loads_and_describes_itself(tmp_path: Path) -> None:
    write_detector(tmp_path)
    detector = load("random-lite0", tmp_path)
    assert detector.id == "random-lite0"
    assert detector.describe()["data_licences"] == ["none: random weights"]
    assert "folder" not in detector.describe()


def test_weights_with_one_changed_byte_are_refused(tmp_path: Path) -> None:
    home = write_detector(tmp_path)
    path = home / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DetectorError, match=r"changed or damaged"):
        load("random-lite0", tmp_path)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    (write_detector(tmp_path) / "weights.safetensors").unlink()
    with pytest.raises(DetectorError, match=r"weights\.safetensors cannot be read"):
        load("random-lite0", tmp_path)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".pkl", ".ckpt", ".bin"])
def test_a_pickle_is_refused_by_its_suffix(tmp_path: Path, suffix: str) -> None:
    home = write_detector(tmp_path)
    change_manifest(home, weights=f"model{suffix}")
    with pytest.raises(DetectorError, match="pickle"):
        load("random-lite0", tmp_path)


def test_a_pickle_under_another_name_is_refused_and_never_run(tmp_path: Path) -> None:
    home = write_detector(tmp_path)
    trace = tmp_path / "was_run"
    content = pickle.dumps(RunsCode(trace))
    (home / "weights.safetensors").write_bytes(content)
    import hashlib

    change_manifest(home, sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(DetectorError, match="pickle under another name"):
        load("random-lite0", tmp_path)
    assert not trace.exists()


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    import hashlib

    import torch
    from safetensors.torch import save

    home = write_detector(tmp_path)
    content = save({"other": torch.zeros(3)})
    (home / "weights.safetensors").write_bytes(content)
    change_manifest(home, sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(DetectorError, match="does not fit"):
        load("random-lite0", tmp_path)


def test_an_unknown_name_is_answered_with_the_names_there_are(tmp_path: Path) -> None:
    write_detector(tmp_path, "only-one")
    with pytest.raises(DetectorError, match="only-one"):
        find_manifest("missing", tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": "abc"}, "64 hexadecimal"),
        ({"weights": "../../elsewhere.safetensors"}, "without a folder"),
        ({"aggregation": "median"}, "aggregation must be"),
        ({"top_k": 0}, "positive"),
        ({"data_licences": []}, "at least one source"),
        ({"id": "Bad Name"}, "lower-case"),
        ({"judges": ["sound"]}, "judges must be some of"),
        ({"judges": []}, "judges must be some of"),
        ({"min_face_px": "large"}, "invalid literal"),
    ],
)
def test_a_broken_manifest_names_the_field(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    home = write_detector(tmp_path)
    change_manifest(home, **changes)
    with pytest.raises(DetectorError, match=message):
        read_manifest(home)


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    home = write_detector(tmp_path)
    manifest = json.loads((home / "model.json").read_text())
    del manifest["licence"]
    (home / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(DetectorError, match="'licence' is missing"):
        read_manifest(home)


def test_every_bundled_detector_has_a_card_and_weights_that_match_its_manifest() -> None:
    manifests = list_detectors()
    assert "face-swap-lite0" in [manifest.id for manifest in manifests]
    for manifest in manifests:
        assert build(manifest).sha256 == manifest.sha256
        assert manifest.weights_path.stat().st_size < 12_000_000
        card = (manifest.folder / "README.md").read_text(encoding="utf-8")
        assert manifest.version in card and manifest.sha256 in card


def test_the_bundled_detectors_live_inside_the_package() -> None:
    import clipjury_ml.detection.registry as registry

    assert BUNDLED.is_relative_to(Path(registry.__file__).parent)


def test_listing_detectors_does_not_import_torch() -> None:
    import subprocess

    program = (
        "import sys; from clipjury_ml.detection.registry import list_detectors; list_detectors();"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
