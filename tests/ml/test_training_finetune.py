"""Fine-tuning on soft labels learns from drawn face swaps, is the same for the same seed, and survives kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.factories.face_swaps import draw_pairs, write_snapshot_folder

from clipjury_ml.detection.face_swap import FaceSwapDetector
from clipjury_ml.detection.registry import load_folder
from clipjury_ml.evaluation.roc import auc
from clipjury_ml.training.run_files import DETECTOR, ERROR, PROGRESS, RESULT, SPEC, write_json
from clipjury_ml.training.untrained import write_untrained

pytestmark = pytest.mark.timeout(600)
PAIRS, VALIDATION_PAIRS = 12, 3


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_untrained(tmp_path_factory.mktemp("untrained") / "drawn", "drawn-faces", 3).parent


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return list(draw_pairs(tmp_path_factory.mktemp("pictures"), 31, PAIRS))


def set_up(folder: Path, base: Path, pictures: list[Any], **parameters: Any) -> Path:
    write_snapshot_folder(folder, pictures, VALIDATION_PAIRS)
    spec = {
        "base": str(base),
        "version": "t1",
        "seed": 5,
        "lineage": {"snapshot": "s"},
        "parameters": parameters,
    }
    write_json(folder / SPEC, spec)
    return folder


def train(folder: Path) -> int:
    command = [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folder)]
    return subprocess.run(command, check=False, timeout=500).returncode


def read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


@pytest.mark.slow
def test_it_learns_to_tell_drawn_swaps_of_people_it_has_not_seen(
    tmp_path: Path, untrained: Path, pictures: list[Any]
) -> None:
    folder = set_up(tmp_path / "run", untrained, pictures, steps=40, evaluate_every=10)
    assert train(folder) == 0
    assert read(folder, RESULT)["clips"] == 2 * (PAIRS - VALIDATION_PAIRS)
    losses = [point["loss"] for point in read(folder, PROGRESS)["history"]]
    assert losses[-1] < losses[0] - 0.1
    fresh = list(draw_pairs(tmp_path / "fresh", 77, 8))
    before, after = (_rank(load_folder(home), fresh) for home in (untrained, folder / DETECTOR))
    assert after > 0.85 and after > before
    card = load_folder(folder / DETECTOR).describe()
    assert card["training"]["parent"]["version"] == "untrained-3"
    assert card["data_licences"][-1] == "18 clips from drawn by a program: CC0-1.0"
    assert card["counted_for"] == ["image"]  # the untrained parent counted for nothing


def _rank(detector: Any, pictures: list[Any]) -> float:
    from clipjury_ml.detection.detect import detect_file

    assert isinstance(detector, FaceSwapDetector)
    scores = [detect_file(picture.path, detector).p_manipulated for picture in pictures]
    assert None not in scores
    found = auc(
        [int(picture.label == "manipulated") for picture in pictures], [float(s or 0) for s in scores]
    )
    assert found is not None
    return found


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_to_the_very_weights_of_one_that_was_not(
    tmp_path: Path, untrained: Path, pictures: list[Any]
) -> None:
    few = pictures[: 2 * 6]
    folders = [
        set_up(tmp_path / name, untrained, few, steps=12, evaluate_every=3, batch=4)
        for name in ("a", "b", "c")
    ]
    assert train(folders[0]) == 0
    command = [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folders[1])]
    process = subprocess.Popen(command, start_new_session=True)
    checkpoint = folders[1] / "finetune.safetensors"
    until = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folders[1] / DETECTOR).exists(), "it was killed before its end"
    assert train(folders[1]) == 0
    assert train(folders[2]) == 0
    hashes = [read(folder / DETECTOR, "model.json")["sha256"] for folder in folders]
    assert hashes[0] == hashes[1] == hashes[2]
    histories = [
        [(p["step"], p["loss"], p["validation_loss"]) for p in read(folder, PROGRESS)["history"]]
        for folder in folders
    ]
    assert histories[0] == histories[1] == histories[2]


def test_clips_without_a_face_are_named_as_the_reason(tmp_path: Path, untrained: Path) -> None:
    import uuid

    from PIL import Image
    from tests.factories.face_swaps import Picture

    blank = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (320, 240), (number * 20, 90, 90)).save(path)
        blank.append(Picture(path, "manipulated" if number % 2 else "authentic", uuid.uuid4()))
    folder = tmp_path / "run"
    write_snapshot_folder(folder, blank, 0)
    write_json(folder / SPEC, {"base": str(untrained), "version": "t1", "seed": 5})
    assert train(folder) == 2
    assert "shows a face large enough" in read(folder, ERROR)["detail"]


def test_it_ends_when_the_process_that_started_it_has_gone(
    tmp_path: Path, untrained: Path, pictures: list[Any]
) -> None:
    folder = set_up(tmp_path / "run", untrained, pictures, steps=5000)
    command = [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folder), "--parent", "1"]
    assert subprocess.run(command, check=False, timeout=120).returncode == 3
