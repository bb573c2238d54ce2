"""The process that `clipjury train` starts teaches the whole-picture detector a decoder's lattice from labels."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.factories.drawn_photographs import draw_photographs
from tests.factories.face_swaps import Picture, write_snapshot_folder

from clipjury_ml.detection.conditions import measure_conditions
from clipjury_ml.detection.detect import detect_file, examine_file
from clipjury_ml.detection.manifest import read_manifest
from clipjury_ml.detection.registry import BUNDLED, load, load_folder
from clipjury_ml.evaluation.intervals import bootstrap
from clipjury_ml.evaluation.roc import auc
from clipjury_ml.training.finetune_run import kinds_after
from clipjury_ml.training.run_files import DETECTOR, ERROR, PROGRESS, RESULT, SPEC, write_json
from clipjury_ml.training.tile_samples import augment_tile

pytestmark = pytest.mark.timeout(900)
SCENES, VALIDATION_SCENES, HELD_OUT_SCENES = 11, 2, 12
FACES, PICTURES = BUNDLED / "face_swap_lite0", BUNDLED / "whole_picture"


def set_up(folder: Path, pictures: list[Picture], **parameters: Any) -> Path:
    write_snapshot_folder(folder, pictures, VALIDATION_SCENES)
    write_json(folder / SPEC, {"base": str(PICTURES), "version": "t1", "seed": 5, "parameters": parameters})
    return folder


def train(folder: Path) -> int:
    command = [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folder)]
    return subprocess.run(command, check=False, timeout=800).returncode


def read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


@pytest.mark.slow
def test_it_abstains_until_it_is_trained_and_then_ranks_scenes_that_it_has_not_seen(tmp_path: Path) -> None:
    shown = list(draw_photographs(tmp_path / "shown", 51, SCENES))
    held_out = list(draw_photographs(tmp_path / "held-out", 52, HELD_OUT_SCENES))
    assert not {picture.group for picture in shown} & {picture.group for picture in held_out}
    base, faces = load("whole-picture"), load("face-swap-lite0")
    assert {detect_file(picture.path, base).abstention for picture in held_out} == {"untrained_kind"}
    before = [_judged(faces, picture) for picture in held_out[:3]], _folder_bytes(FACES)

    folder = set_up(tmp_path / "run", shown, steps=40, evaluate_every=20)
    assert train(folder) == 0, (folder / ERROR).read_text()
    assert read(folder, PROGRESS)["phase"] == "storing"
    card = load_folder(folder / DETECTOR).describe()
    assert (card["judges"], card["counted_for"]) == (["image"], ["image"])
    assert card["training"]["parent"]["version"] == "untrained-1"
    assert card["training"]["trained_share"] == 1.0  # an untrained base has nothing to forget

    low, confounds = _rank(folder / DETECTOR, held_out)
    assert low > 0.5
    assert low > max(confounds.values()), confounds
    assert ([_judged(faces, picture) for picture in held_out[:3]], _folder_bytes(FACES)) == before


def _rank(home: Path, pictures: list[Picture]) -> tuple[float, dict[str, float]]:
    """The low end of the AUC's interval by scene, and how well sizes and sharpness alone would rank, either way."""
    detector = load_folder(home)
    examined = [examine_file(picture.path, detector) for picture in pictures]
    labels = np.array([int(picture.label == "manipulated") for picture in pictures])
    scores = np.array([each.detection.p_manipulated for each in examined], dtype=np.float64)
    interval = bootstrap(
        [str(picture.group) for picture in pictures], lambda chosen: auc(labels[chosen], scores[chosen])
    )
    assert interval is not None and interval.unit == "group"
    conditions = [measure_conditions(p.path, each) for p, each in zip(pictures, examined, strict=True)]
    by_name = {name: auc(labels, [each[name] for each in conditions]) or 0.5 for name in conditions[0]}
    return interval.low, {name: max(value, 1 - value) for name, value in by_name.items()}


def _judged(detector: Any, picture: Picture) -> Any:
    return replace(detect_file(picture.path, detector), seconds=0.0)


def _folder_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_the_same_labels_and_seed_give_the_same_weights(tmp_path: Path) -> None:
    pictures = list(draw_photographs(tmp_path / "shown", 61, 5))
    folders = [set_up(tmp_path / name, pictures, steps=3, batch=4) for name in ("a", "b")]
    assert [train(folder) for folder in folders] == [0, 0]
    assert len({read(folder / DETECTOR, "model.json")["sha256"] for folder in folders}) == 1
    assert read(folders[0], RESULT)["kinds"] == ["image"]


def test_a_snapshot_of_one_label_is_refused_with_the_reason(tmp_path: Path) -> None:
    pictures = [replace(each, label="authentic") for each in draw_photographs(tmp_path / "shown", 71, 4)]
    folder = set_up(tmp_path / "run", pictures)
    assert train(folder) == 2
    assert "holds 0 manipulated clips" in read(folder, ERROR)["detail"]
    assert not (folder / DETECTOR).exists()


def test_two_kinds_of_clip_with_a_label_each_teach_nothing_but_to_tell_them_apart(tmp_path: Path) -> None:
    folder = set_up(tmp_path / "run", list(draw_photographs(tmp_path / "shown", 72, 5)))
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    kinds = {"manipulated": "video", "authentic": "image"}
    (folder / "items.jsonl").write_text(
        "".join(json.dumps(row | {"kind": kinds[row["hard_label"]]}) + "\n" for row in rows)
    )
    assert train(folder) == 2
    detail = read(folder, ERROR)["detail"]
    assert "holds authentic images, manipulated videos" in detail and "no kind of clip with both" in detail


def test_a_kind_that_is_learned_later_is_judged_and_counted_as_well() -> None:
    stills = replace(read_manifest(PICTURES), judges=("image",), counted_for=("image",))
    assert kinds_after(stills, ["image"]) == {"counted_for": ["image"], "judges": ["image"]}
    both = ["video", "image"]
    assert kinds_after(stills, ["video"]) == {"counted_for": both, "judges": both}
    assert kinds_after(read_manifest(FACES), ["image"]) == {"counted_for": ["video"], "judges": both}


def test_no_variation_of_a_tile_scales_or_turns_it() -> None:
    """A lattice of two pixels keeps its period under every variation; scaling by a tenth would move it."""
    tile = np.full((64, 64, 3), 120, np.uint8)
    tile[:, ::2] = 136
    for seed in range(40):
        row = augment_tile(tile, np.random.default_rng(seed)).astype(np.float64).mean(axis=(0, 2))
        spectrum = np.abs(np.fft.rfft(row - row.mean()))
        assert spectrum.argmax() == len(spectrum) - 1
