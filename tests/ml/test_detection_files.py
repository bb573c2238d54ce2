"""One file to one row: good, faceless, tiny-faced, broken and missing files, decoded in the sandbox."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from tests.factories.detectors import draw_portrait, write_detector
from tests.factories.face_files import write_broken, write_landscape, write_portrait, write_talking_head

from clipjury_ml.detection.conditions import measure_conditions, sharpness
from clipjury_ml.detection.detect import Detection, detect_file, examine_file, identify
from clipjury_ml.detection.face_swap import FaceSwapDetector, build
from clipjury_ml.detection.manifest import read_manifest
from clipjury_ml.media.errors import MEDIA_ERROR_CODES
from clipjury_ml.media.results import SampledFrames


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> FaceSwapDetector:
    return build(read_manifest(write_detector(tmp_path_factory.mktemp("detectors"))))


def test_a_video_with_a_face_gets_a_number(detector: FaceSwapDetector, tmp_path: Path) -> None:
    path = write_talking_head(tmp_path / "head.mp4")
    row = detect_file(path, detector)
    assert row.error is None and row.in_domain and row.p_manipulated is not None
    assert row.kind == "video"
    assert (row.frames_used, row.faces) == (12, 12)
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row.seconds > 0


def test_the_same_file_gets_the_same_number_twice(detector: FaceSwapDetector, tmp_path: Path) -> None:
    path = write_talking_head(tmp_path / "head.mp4", frames=6)
    first, second = detect_file(path, detector), detect_file(path, detector)
    assert first.p_manipulated == pytest.approx(second.p_manipulated, abs=1e-4)


def test_an_image_with_a_face_gets_a_number(detector: FaceSwapDetector, tmp_path: Path) -> None:
    row = detect_file(write_portrait(tmp_path / "portrait.png"), detector)
    assert (row.kind, row.error, row.in_domain, row.frames_used) == ("image", None, True, 1)


def test_a_file_without_a_face_abstains_without_an_error(detector: FaceSwapDetector, tmp_path: Path) -> None:
    row = detect_file(write_landscape(tmp_path / "hills.mp4"), detector)
    assert (row.p_manipulated, row.in_domain, row.error, row.faces) == (None, False, None, 0)


def test_a_tiny_face_abstains_without_an_error(detector: FaceSwapDetector, tmp_path: Path) -> None:
    examination = examine_file(write_portrait(tmp_path / "tiny.png", side_px=110), detector)
    assert examination.detection.p_manipulated is None and examination.detection.error is None
    assert examination.score is not None and examination.score.abstention == "face_too_small"


def test_a_broken_file_gets_an_error_and_no_number(detector: FaceSwapDetector, tmp_path: Path) -> None:
    row = detect_file(write_broken(tmp_path / "broken.mp4"), detector)
    assert row.error is not None and row.error.split(":")[0] in MEDIA_ERROR_CODES
    assert (row.p_manipulated, row.in_domain) == (None, False)
    assert row.sha256 is not None


@pytest.mark.parametrize("name", ["missing.mp4", "."])
def test_what_cannot_be_opened_gets_an_error(detector: FaceSwapDetector, tmp_path: Path, name: str) -> None:
    row = detect_file(tmp_path / name, detector)
    assert row.error is not None and row.error.startswith("cannot_open: ")
    assert row.sha256 is None and row.kind is None


def test_frames_are_sampled_into_a_folder_that_is_gone_afterwards(
    detector: FaceSwapDetector, tmp_path: Path
) -> None:
    folders: list[Path] = []

    def sample(path: Path, folder: Path, count: int) -> SampledFrames:
        folders.append(folder)
        assert folder.is_dir() and count == 12
        (folder / "frames.rgb").write_bytes(b"left behind")
        return SampledFrames(draw_portrait(320)[None], (0,), (0.0,))

    assert detect_file(write_portrait(tmp_path / "portrait.png"), detector, sample).error is None
    assert not folders[0].exists()


def test_a_row_has_exactly_the_fields_of_the_interface() -> None:
    names = (
        "path sha256 kind p_manipulated calibrated in_domain detector version frames_used faces seconds error "
        "findings abstention"
    )
    assert [field.name for field in fields(Detection)] == names.split()


def test_the_kind_comes_from_the_bytes_not_the_name(tmp_path: Path) -> None:
    assert identify(write_portrait(tmp_path / "a.png").rename(tmp_path / "a.mp4"))[1] == "image"


def test_conditions_are_measured_for_the_confound_probe(detector: FaceSwapDetector, tmp_path: Path) -> None:
    path = write_talking_head(tmp_path / "head.mp4")
    found = measure_conditions(path, examine_file(path, detector))
    assert found["file_bytes"] == path.stat().st_size
    assert found["pixels"] == 320 * 320
    assert found["bits_per_second"] == pytest.approx(path.stat().st_size * 8 / 0.64, rel=0.1)
    assert 150 < found["face_px"] < 230
    assert found["sharpness"] > 0
    broken = write_broken(tmp_path / "broken.mp4")
    assert measure_conditions(broken, examine_file(broken, detector)) == {}


def test_blurring_lowers_sharpness() -> None:
    import cv2

    image = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), 2), np.uint8)
    assert sharpness(soft[None]) < sharpness(image[None]) / 4
