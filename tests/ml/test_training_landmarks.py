"""Mouths opened by warping carry their landmarks along; crops and points stay together; a training runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tests.ml.test_training_pairs import portrait, write_portraits

from clipjury_ml.detection.landmarks.points import COUNT, MESH, mouth_opening
from clipjury_ml.training import train_landmarks
from clipjury_ml.training.landmark_samples import Face, crop_batch, crop_face, faces_of
from clipjury_ml.training.mouth_opening import Mouth, change_mouth, choose_mouth
from clipjury_ml.training.pairs import Portrait

UPPER, LOWER, LEFT, RIGHT, CHIN, EYES = 13, 14, 78, 308, 152, (33, 133, 362, 263)
UPPER_EDGE, LOWER_EDGE = (191, 80, 81, 82, 13, 312, 311, 310, 415), (95, 88, 178, 87, 14, 317, 402, 318, 324)


def face_with_a_mouth() -> Portrait:
    """A drawn face whose lips, eyes and chin stand where a face has them: mouth 48 px wide, a little open."""
    landmarks = portrait(240, 1).landmarks.copy()
    landmarks[list(EYES)] = [(80, 95), (105, 95), (135, 95), (160, 95)]
    landmarks[[LEFT, RIGHT, CHIN]] = [(96, 160), (144, 160), (120, 205)]
    for edge, side in ((UPPER_EDGE, -1), (LOWER_EDGE, 1)):
        across = np.linspace(-0.8, 0.8, 9)
        landmarks[list(edge)] = np.stack([120 + 24 * across, 160 + side * 3 * (1 - across**2)], axis=1)
    return Portrait(portrait(240, 1).image, landmarks.astype(np.float32), "drawn")


FACE = face_with_a_mouth()
GREY = FACE.image.mean(axis=2).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(gape=st.floats(0.0, 0.7), stretch=st.floats(0.7, 1.2), painted=st.booleans())
def test_the_mouth_opens_as_far_as_asked_and_the_eyes_stay(
    gape: float, stretch: float, painted: bool
) -> None:
    width = float(np.linalg.norm(FACE.landmarks[RIGHT] - FACE.landmarks[LEFT]))
    image, points = change_mouth(
        GREY, FACE.landmarks, Mouth(gape, stretch, painted), np.random.default_rng(1)
    )
    opened = float(np.linalg.norm(points[LOWER] - points[UPPER]))
    assert opened == pytest.approx(gape * width, abs=0.06 * width)
    assert np.allclose(points[list(EYES)], FACE.landmarks[list(EYES)], atol=0.02 * width)
    assert image.shape == GREY.shape and image.dtype == np.uint8


def test_an_opening_mouth_takes_the_chin_along_and_not_further_than_itself() -> None:
    _, shut = change_mouth(GREY, FACE.landmarks, Mouth(0.0, 1.0, False), np.random.default_rng(1))
    _, wide = change_mouth(GREY, FACE.landmarks, Mouth(0.6, 1.0, True), np.random.default_rng(1))
    lip, chin = (wide[point, 1] - shut[point, 1] for point in (LOWER, CHIN))
    assert 0.4 * lip < chin < lip


def test_where_the_landmarks_say_the_mouth_is_open_the_picture_was_painted() -> None:
    plain = np.full((240, 240), 180, np.uint8)
    image, points = change_mouth(plain, FACE.landmarks, Mouth(0.6, 1.0, True), np.random.default_rng(3))
    x, y = ((points[UPPER] + points[LOWER]) / 2).round().astype(int)
    below = int(points[LOWER, 1] + 0.3 * (points[LOWER, 1] - points[UPPER, 1]))
    assert image[y, x] != 180
    assert image[below, x] == 180


@given(seed=st.integers(0, 200))
def test_chosen_mouths_lie_in_the_range_that_the_warp_was_made_for(seed: int) -> None:
    mouth = choose_mouth(np.random.default_rng(seed))
    assert 0 <= mouth.gape <= 0.75 and 0.65 <= mouth.stretch <= 1.25


def test_points_stay_on_what_they_mark_however_a_crop_is_turned() -> None:
    # A dark dot at one point: where the crop says the point is, it must be dark.
    points = FACE.landmarks[list(MESH)]
    rng = np.random.default_rng(5)
    hits = []
    for _ in range(40):
        image = np.full((240, 240), 200, np.uint8)
        row = int(rng.integers(COUNT))
        x, y = points[row].round().astype(int)
        image[y - 3 : y + 4, x - 3 : x + 4] = 0
        face = Face(image, points)
        crop, found = crop_face(face, np.random.default_rng(int(rng.integers(1000))))
        places = ((found + 0.5) * 96).round().astype(int).clip(0, 95)
        darkest = np.unravel_index(int(crop.argmin()), crop.shape)
        near = np.abs(places - darkest[::-1]).max(axis=1).min()
        hits.append(near <= 4)
    assert np.mean(hits) > 0.8  # noise, a covering hand or the crop's edge may hide the dot


def test_the_same_seed_gives_the_same_crops() -> None:
    faces = faces_of(FACE, 2, np.random.default_rng(1))
    assert len(faces) == 3
    (crops, points), (again, points_again) = (
        crop_batch(faces, 5, np.random.default_rng(2)) for _ in range(2)
    )
    assert crops.shape == (5, 96, 96) and points.shape == (5, COUNT, 2)
    assert np.array_equal(crops, again) and np.array_equal(points, points_again)


def test_a_short_training_learns_and_writes_small_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_portraits(tmp_path, 4)
    arguments = f"--data {manifest} --out {tmp_path / 'out'} --steps 60 --crops 8 --mouths 2 --dev-share 0.5"
    assert train_landmarks.main(arguments.split()) == 0
    said = capsys.readouterr().out
    assert "all points" in said and "sha256" in said
    weights = load_file(tmp_path / "out" / "weights.safetensors")
    assert all(np.isfinite(value).all() for value in weights.values())
    assert (tmp_path / "out" / "weights.safetensors").stat().st_size < 2 * 2**20


def test_a_manifest_that_cannot_be_used_ends_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.csv").write_text("path,identity,licence\nnobody.jpg,a,MIT\n")
    assert train_landmarks.main(f"--data {tmp_path / 'm.csv'} --out {tmp_path}".split()) == 2
    assert "landmarks" in capsys.readouterr().err


def test_a_gap_that_closes_reads_as_none() -> None:
    _, points = change_mouth(GREY, FACE.landmarks, Mouth(0.0, 1.0, False), np.random.default_rng(1))
    assert abs(float(mouth_opening(points[list(MESH)]))) < 0.03
