"""Exported networks from third parties run without code, and a file that could run its own is refused."""

from __future__ import annotations

import io
import json
import math
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from tests.factories.exported import renew_hash, write_plugin
from tests.ml.test_detection_registry import RunsCode

from clipjury.cli.detect import detect
from clipjury.cli.detectors import detectors
from clipjury_ml.detection.conformance import check_folder, draw_frames
from clipjury_ml.detection.exported import read_answer, to_planes
from clipjury_ml.detection.manifest import DetectorError, ModelInput, read_manifest
from clipjury_ml.detection.registry import BUNDLED, load_folder

FORMATS = ["model.pt2", "model.ts.pt", "model.onnx"]


@pytest.mark.parametrize("weights", FORMATS)
def test_every_format_gives_the_answer_that_can_be_worked_out_by_hand(weights: str, tmp_path: Path) -> None:
    detector = load_folder(write_plugin(tmp_path, weights))
    score = detector.score(draw_frames(4, 0, level=255))
    assert score.p_manipulated == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-5)
    assert detector.score(draw_frames(4, 0, level=0)).p_manipulated == pytest.approx(
        1 / (1 + math.exp(1)), abs=1e-5
    )


def test_a_network_that_judges_videos_alone_says_nothing_about_a_still(tmp_path: Path) -> None:
    detector = load_folder(write_plugin(tmp_path, judges=["video"]))
    assert detector.score(draw_frames(1, 0)).abstention == "still_picture"


@pytest.mark.parametrize("weights", FORMATS)
def test_a_good_folder_meets_every_demand(weights: str, tmp_path: Path) -> None:
    found = list(check_folder(write_plugin(tmp_path, weights)))
    assert [check for check in found if not check.passed] == []
    assert {"refuses changed weights", "refuses a pickle under its weights' name"} <= {c.name for c in found}


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in BUNDLED.glob("*/model.json")), ids=lambda p: p.name
)
def test_what_comes_with_the_package_meets_the_demands_made_of_strangers(folder: Path) -> None:
    assert [check for check in check_folder(folder) if not check.passed] == []


def test_a_detector_of_faces_is_tried_for_abstention(tmp_path: Path) -> None:
    shape = {"kind": "face_crop", "size": 32, "margin": 1.3, "frames": 3}
    found = {c.name: c for c in check_folder(write_plugin(tmp_path, input=shape))}
    assert found["abstains without a face"].passed and found["abstains without a face"].seen == "no_face"
    assert found["abstains on tiny faces"].seen == "face_too_small"


class Noisy(torch.nn.Module):
    """Never answers the same twice."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.mean((1, 2, 3)) + torch.rand(1)


class NotANumber(torch.nn.Module):
    """Divides nothing by nothing."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.mean((1, 2, 3)) * float("nan")


@pytest.mark.parametrize(
    ("module", "demand"), [(Noisy(), "same frames, same score"), (NotANumber(), "answers in form")]
)
def test_a_bad_network_fails_the_demand_it_breaks(module: Any, demand: str, tmp_path: Path) -> None:
    found = {c.name: c.passed for c in check_folder(write_plugin(tmp_path, module=module))}
    assert found[demand] is False


def _rewrite(
    path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        root = old.namelist()[0].split("/")[0]
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
        for name, content in (extra or {}).items():
            new.writestr(f"{root}/{name}", content)
    path.write_bytes(out.getvalue())


def _replace(member: str, old: str, new: str) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(member):
            return content
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    return change


@pytest.mark.parametrize(
    ("member", "old", "new", "words"),
    [
        ("models/model.json", "torch.ops.aten.mean.dim", "torch.os.system", "only operators of aten"),
        (
            "models/model.json",
            "torch.ops.aten.mean.dim",
            "torch.ops.aten.from_file.default",
            "only operators",
        ),
        ("models/model.json", '"guards_code": []', '"guards_code": ["print(1)"]', "guards"),
        ("model_weights_config.json", '"use_pickle": false', '"use_pickle": true', "pickles"),
        ("model_weights_config.json", '"weight_0"', '"opaque_obj_0"', "pickles"),
    ],
)
def test_a_network_that_could_run_foreign_code_is_refused_before_torch_reads_it(
    member: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    home = write_plugin(tmp_path)
    _rewrite(home / "model.pt2", _replace(member, old, new))
    renew_hash(home, "model.pt2")
    with pytest.raises(DetectorError, match=words):
        load_folder(home)


def test_a_size_that_is_python_is_refused(tmp_path: Path) -> None:
    home = write_plugin(tmp_path)

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith("models/model.json"):
            return content
        program = json.loads(content)
        program["range_constraints"] = {"x": {"as_expr": {"expr_str": "__import__('os').getpid()"}}}
        return json.dumps(program).encode()

    _rewrite(home / "model.pt2", change)
    renew_hash(home, "model.pt2")
    with pytest.raises(DetectorError, match="computes a size"):
        load_folder(home)


def test_compiled_code_in_the_archive_is_refused(tmp_path: Path) -> None:
    home = write_plugin(tmp_path)
    _rewrite(
        home / "model.pt2", lambda _, content: content, {"data/aotinductor/model/wrapper.so": b"\x7fELF"}
    )
    renew_hash(home, "model.pt2")
    with pytest.raises(DetectorError, match="aotinductor"):
        load_folder(home)


class ReadsFiles(torch.nn.Module):
    """TorchScript that maps a file of the machine it runs on."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.from_file("/etc/hostname", shared=False, size=1, dtype=torch.uint8) + pictures.mean()


def test_torchscript_that_names_files_is_refused(tmp_path: Path) -> None:
    home = write_plugin(tmp_path, "model.ts.pt")
    torch.jit.script(ReadsFiles()).save(str(home / "model.ts.pt"))
    renew_hash(home, "model.ts.pt")
    with pytest.raises(DetectorError, match="names files"):
        load_folder(home)


@pytest.mark.parametrize("weights", FORMATS)
def test_a_pickle_in_place_of_a_network_is_refused_and_never_run(weights: str, tmp_path: Path) -> None:
    home, trace = write_plugin(tmp_path, weights), tmp_path / "was_run"
    (home / weights).write_bytes(pickle.dumps(RunsCode(trace)))
    renew_hash(home, weights)
    with pytest.raises(DetectorError):
        load_folder(home)
    torch.save(RunsCode(trace), home / weights)  # a zip file with a pickle in it
    renew_hash(home, weights)
    with pytest.raises(DetectorError):
        load_folder(home)
    assert not trace.exists()


def test_the_input_is_prepared_as_the_manifest_says() -> None:
    picture = np.array([[[[255, 0, 51]]]], np.uint8)
    shape = ModelInput("full_frame", 1, 1.0, 1, colour="bgr", mean=(0.5,), std=(0.5,), range="0-1")
    assert to_planes(picture, shape).reshape(-1).tolist() == pytest.approx([-0.6, -1.0, 1.0])


def test_two_logits_are_read_as_a_softmax_of_the_manipulated_one() -> None:
    output = {"kind": "logit", "n_classes": 2, "manipulated_index": 1}
    assert read_answer(np.array([[0.0, 2.0]]), output, "x") == pytest.approx(1 / (1 + math.exp(-2)))
    with pytest.raises(DetectorError, match="no probabilities"):
        read_answer(np.array([[0.4, 0.9]]), output | {"kind": "softmax"}, "x")


def test_a_manifest_says_its_family_and_a_detector_alone_is_its_own(tmp_path: Path) -> None:
    assert read_manifest(write_plugin(tmp_path / "a")).family == "mean-of-red"
    assert read_manifest(write_plugin(tmp_path / "b", family="xception")).family == "xception"


def test_one_command_takes_a_folder_in_and_detect_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CLIPJURY_DETECTORS_DIR", str(tmp_path / "own"))
    Image.new("RGB", (64, 64), (255, 0, 0)).save(tmp_path / "red.png")
    added = CliRunner().invoke(detectors, ["add", str(write_plugin(tmp_path))])
    assert added.exit_code == 0, added.output
    listed = CliRunner().invoke(detectors, ["list"])
    assert "mean-of-red" in listed.stdout and "family mean-of-red" in listed.stdout
    scored = CliRunner().invoke(
        detect, [str(tmp_path / "red.png"), "--detector", "mean-of-red", "--json"], catch_exceptions=False
    )
    assert json.loads(scored.stdout)["p_manipulated"] == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-5)


def test_a_folder_that_fails_is_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CLIPJURY_DETECTORS_DIR", str(tmp_path / "own"))
    refused = CliRunner().invoke(detectors, ["add", str(write_plugin(tmp_path, module=NotANumber()))])
    assert refused.exit_code == 2 and "FAILED" in refused.stdout
    assert not (tmp_path / "own").exists()
