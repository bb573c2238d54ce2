"""The whole-picture detector sees a frame's own pixels, and says nothing of kinds of clip that it has not learned."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.factories.detectors import write_detector
from tests.factories.face_files import write_landscape, write_portrait

from clipjury.cli.detect import detect
from clipjury_ml.detection.conformance import check_folder, draw_frames
from clipjury_ml.detection.detect import detect_file, examine_file
from clipjury_ml.detection.explanation import write_page
from clipjury_ml.detection.manifest import DetectorError
from clipjury_ml.detection.registry import build, find_manifest, load, load_folder
from clipjury_ml.detection.whole_picture.views import CENTRES, STEP_PX, cut_views

WORDS = "has not been trained on labelled clips of this kind"
SIZE = 64


def write_version(folder: Path, *judges: str) -> Path:
    shape = {"kind": "tiles", "size_px": SIZE, "frames": 4}
    changes: dict[str, Any] = {"architecture": "lite0-whole-picture", "input": shape, "modality": "frame"}
    return write_detector(folder, "pictures", **changes, judges=list(judges), counted_for=list(judges))


def refuse_to_decode(*_: Any) -> Any:
    raise AssertionError("a frame was decoded")


def test_tiles_are_pixels_of_the_frame_and_the_last_view_is_the_whole_of_it() -> None:
    rng = np.random.default_rng(1)
    frame = rng.integers(0, 256, (200, 300, 3)).astype(np.uint8)
    (views,) = cut_views(frame[None], SIZE)
    assert views.shape == (len(CENTRES) + 1, SIZE, SIZE, 3)
    windows = {
        frame[top : top + SIZE, left : left + SIZE].tobytes(): (top, left)
        for top in range(0, 200 - SIZE + 1, STEP_PX)
        for left in range(0, 300 - SIZE + 1, STEP_PX)
    }
    found = [windows[np.ascontiguousarray(view).tobytes()] for view in views[:-1]]
    assert len(set(found)) == len(CENTRES)
    assert abs(float(views[-1].mean()) - float(frame.mean())) < 1


def test_the_frames_of_a_video_take_the_tiles_in_turn() -> None:
    frames = np.repeat(np.random.default_rng(1).integers(0, 256, (1, 200, 300, 3)).astype(np.uint8), 7, 0)
    still, video = cut_views(frames[:1], SIZE)[0], cut_views(frames, SIZE)
    assert [len(views) for views in video] == [2] * 7
    assert all((views[0] == still[number % len(CENTRES)]).all() for number, views in enumerate(video))
    assert all((views[1] == still[-1]).all() for views in video)


@pytest.mark.parametrize("shape", [(1, 1), (10, 500), (SIZE, SIZE), (65, 40)])
def test_a_frame_smaller_than_a_tile_is_mirrored_past_its_edges(shape: tuple[int, int]) -> None:
    frame = np.random.default_rng(2).integers(0, 256, (*shape, 3)).astype(np.uint8)
    (views,) = cut_views(frame[None], SIZE)
    kept = min(shape[0], SIZE), min(shape[1], SIZE)
    assert views.shape == (len(CENTRES) + 1, SIZE, SIZE, 3)
    assert set(np.unique(views[:-1])) <= set(np.unique(frame))
    if shape[0] <= SIZE and shape[1] <= SIZE:
        assert (views[0][: kept[0], : kept[1]] == frame).all()


def test_the_bundled_one_abstains_from_everything_and_decodes_nothing(tmp_path: Path) -> None:
    detector = load("whole-picture")
    for path in (write_portrait(tmp_path / "portrait.png"), write_landscape(tmp_path / "hills.mp4")):
        row = detect_file(path, detector, refuse_to_decode)
        assert (row.abstention, row.p_manipulated, row.in_domain) == ("untrained_kind", None, False)
        assert (row.error, row.frames_used) == (None, 0)
    assert detector.score(draw_frames(12, 1)).abstention == "untrained_kind"
    assert detector.score(draw_frames(1, 1)).abstention == "untrained_kind"


def test_where_it_never_answers_no_network_is_loaded() -> None:
    program = (
        "import sys; from clipjury_ml.detection.registry import load; load('whole-picture');"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_command_and_the_page_say_why_in_words(tmp_path: Path) -> None:
    path = write_portrait(tmp_path / "portrait.png")
    told = CliRunner().invoke(detect, ["--detector", "whole-picture", str(path)])
    assert told.exit_code == 0
    assert "cannot judge" in told.stdout and WORDS in told.stdout
    as_json = CliRunner().invoke(detect, ["--detector", "whole-picture", "--json", str(path)])
    assert json.loads(as_json.stdout)["abstention"] == "untrained_kind"
    page = write_page(examine_file(path, load("whole-picture")), [], tmp_path)
    assert WORDS in page.read_text(encoding="utf-8")


def test_a_version_judges_only_the_kinds_that_it_has_learned(tmp_path: Path) -> None:
    detector = load_folder(write_version(tmp_path, "image"))
    portrait, hills = write_portrait(tmp_path / "portrait.png"), write_landscape(tmp_path / "hills.mp4")
    still = detect_file(portrait, detector)
    assert still.p_manipulated is not None and (still.frames_used, still.abstention) == (1, None)
    assert detect_file(hills, detector, refuse_to_decode).abstention == "untrained_kind"
    assert detector.score(draw_frames(3, 1)).abstention == "untrained_kind"


def test_the_same_frames_get_the_same_score(tmp_path: Path) -> None:
    detector = load_folder(write_version(tmp_path, "image", "video"))
    score = detector.score(draw_frames(4, 1))
    assert score == _without_time(detector.score(draw_frames(4, 1)), score.seconds)
    assert score.p_manipulated is not None and len(score.frame_scores) == 4
    assert (score.frames_used, score.faces, score.calibrated) == (4, 0, False)


def _without_time(score: Any, seconds: float) -> Any:
    from dataclasses import replace

    return replace(score, seconds=seconds)


@pytest.mark.parametrize("judges", [(), ("image",), ("image", "video")])
def test_every_version_passes_the_trial_of_foreign_detectors(tmp_path: Path, judges: tuple[str, ...]) -> None:
    assert not [check for check in check_folder(write_version(tmp_path, *judges)) if not check.passed]


def test_changed_weights_are_refused_though_they_would_not_be_read(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(DetectorError, match="changed or damaged"):
        load_folder(folder)


def test_its_card_says_that_it_has_learned_nothing() -> None:
    card = build(find_manifest("whole-picture")).describe()
    assert (card["judges"], card["counted_for"], card["trainable"]) == ([], [], True)
    assert card["calibration"]["method"] == "none"
