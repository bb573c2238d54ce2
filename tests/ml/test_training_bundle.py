"""A checkpoint becomes a detector folder that the registry loads, with every source and licence named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.registry import load
from clipjury_ml.training.bundle import IMAGENET, BundleFacts, licences_of, main, write_bundle
from clipjury_ml.training.loop import CHECKPOINT, Progress, save_checkpoint
from clipjury_ml.training.pair_stream import CropShape
from clipjury_ml.training.portraits import PortraitRow


def row(source: str, licence: str) -> PortraitRow:
    return PortraitRow(Path("a.png"), "a", licence, source, np.zeros((468, 2), np.float32))


def test_a_bundled_checkpoint_loads_and_sees_what_it_was_trained_on(tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_checkpoint(Lite0FaceSwap(), [Progress(3, 0.1, 1.0, 0.001, 0.5)], tmp_path / "run")
    facts = BundleFacts("drawn-lite0", "0.0.1", ("drawn faces: CC0", IMAGENET), {"seed": 7})
    manifest = write_bundle(tmp_path / "run" / CHECKPOINT, tmp_path / "detectors" / "drawn", facts)
    detector = load("drawn-lite0", tmp_path / "detectors")
    shape = detector.describe()["input"]
    assert (shape["size_px"], shape["margin"]) == (CropShape().size_px, CropShape().margin)
    assert detector.describe()["calibration"] == {"method": "none", "fitted_on": None}
    weights = manifest.parent / "weights.safetensors"
    assert weights.stat().st_size < 10_000_000
    assert weights.stat().st_mode & 0o044 == 0o044


def test_every_source_is_named_with_its_licence_and_its_count() -> None:
    lines = licences_of([row("b", "MIT"), row("a", "CC0"), row("b", "MIT")])
    assert lines == ("1 portraits from a: CC0", "2 portraits from b: MIT", IMAGENET)


def test_a_missing_checkpoint_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = ["--checkpoint", str(tmp_path), "--data", str(tmp_path / "none.csv"), "--out", str(out)]
    assert main([*options, "--id", "x", "--version", "1", "--seed", "1"]) == 2
    assert "none.csv" in capsys.readouterr().err
    assert not out.exists()
