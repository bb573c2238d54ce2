"""Swap styles, video texture and the trainings, on drawn faces."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.detectors import draw_face
from tests.ml.test_training_pairs import portrait, write_portraits

from clipjury_ml.media.operations import frames as sample
from clipjury_ml.training import train_face_autoencoder, train_face_swap
from clipjury_ml.training.alignment import TEMPLATE, cut, put_back, to_square
from clipjury_ml.training.face_autoencoder import FACE_PX, FaceDecoders
from clipjury_ml.training.footage import PRESETS, Footage, choose_footage, through_h264
from clipjury_ml.training.held_out_swaps import fit_eigenfaces, swap, write_clips
from clipjury_ml.training.pairs import make_pair


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_portraits(tmp_path_factory.mktemp("portraits"), 4)


@pytest.fixture(scope="module")
def decoders(manifest: Path) -> Path:
    folder = manifest.parent / "decoders"
    arguments = f"--data {manifest} --out {folder} --steps 40 --faces 4 --dev-share 0"
    assert train_face_autoencoder.main(arguments.split()) == 0
    return folder


@given(scale=st.floats(20, 300), turn=st.floats(-1.0, 1.0), x=st.floats(-200, 200), y=st.floats(-200, 200))
def test_five_points_that_only_moved_turned_or_grew_land_on_the_template(
    scale: float, turn: float, x: float, y: float
) -> None:
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = TEMPLATE @ rotation.T * scale + (x, y)
    landmarks = np.zeros((468, 2))
    for numbers, point in zip(((33, 133), (362, 263), (4,), (61,), (291,)), seen, strict=True):
        landmarks[list(numbers)] = point
    matrix = to_square(landmarks, 1)
    assert np.allclose(seen @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-6)


def test_a_square_that_is_cut_out_and_put_back_changes_little() -> None:
    face = portrait(200, 1)
    soft = np.asarray(cv2.GaussianBlur(face.image, (0, 0), 2), np.uint8)
    matrix = to_square(face.landmarks, 160)
    back = put_back(cut(soft, matrix, 160), matrix, soft)
    assert np.abs(back.astype(int) - soft.astype(int)).mean() < 1.5


def test_every_call_of_the_encoder_gives_the_same_frames() -> None:
    stills = [np.roll(draw_face(122, 1), shift, axis=1) for shift in range(5)]
    for preset in PRESETS:
        first, *others = (through_h264(stills, 24, preset) for _ in range(8))
        assert all(np.array_equal(a, b) for other in others for a, b in zip(first, other, strict=True))


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), side=st.integers(64, 131))
def test_footage_keeps_size_and_place_whatever_the_camera_does(seed: int, side: int) -> None:
    still = cv2.GaussianBlur(draw_face(side, 3), (0, 0), 2)
    shown = choose_footage(np.random.default_rng(seed)).of(np.asarray(still, np.uint8))
    assert shown.shape == still.shape
    assert np.abs(shown.astype(int) - still.astype(int)).mean() < 14


def test_a_poorer_factor_loses_more() -> None:
    still = draw_face(128, 1)
    takes = [Footage(3, 2, 1.0, crf, "veryfast", (1.0, 0.0), 1.0) for crf in (17, 37)]
    losses = [np.abs(take.of(still).astype(int) - still.astype(int)).mean() for take in takes]
    assert losses[0] < losses[1]


def test_the_autoencoder_learns_to_draw_and_draws_strangers_too(decoders: Path, manifest: Path) -> None:
    drawing = FaceDecoders(decoders)
    assert len(drawing.models) == len(train_face_autoencoder.AGES)
    face = train_face_autoencoder.aligned(portrait(480, 0))[32:-32, 32:-32]
    assert face.shape == (FACE_PX, FACE_PX, 3)
    known, again = (drawing.draw(face, "person_0.png", np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(known, again)
    flat = np.full_like(face, int(face.mean()))
    off = [np.abs(other.astype(int) - face.astype(int)).mean() for other in (known, flat)]
    assert off[0] < off[1]
    stranger = drawing.draw(face, "nobody", np.random.default_rng(1))
    assert stranger.shape == face.shape


def test_a_folder_without_autoencoders_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="autoencoder_"):
        FaceDecoders(tmp_path)


@pytest.mark.parametrize("seed", range(8))
def test_a_decoded_pair_too_is_equal_outside_its_mask(decoders: Path, seed: int) -> None:
    donor = portrait(220, 2) if seed % 2 else None
    pair = make_pair(portrait(220, 1), donor, np.random.default_rng(seed), FaceDecoders(decoders))
    assert np.array_equal(pair.real[pair.mask == 0], pair.fake[pair.mask == 0])
    assert (pair.real != pair.fake).any()


def test_held_out_clips_come_in_pairs_of_one_camera_and_two_styles(tmp_path: Path) -> None:
    held, others = [portrait(480, n) for n in range(2)], [portrait(480, n) for n in range(5, 9)]
    path = write_clips(held, others, tmp_path / "clips", seed=1)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert [row["label"] for row in rows] == ["real", "fake"] * 2
    assert {row["source"] for row in rows} == {"portrait", "eigenfaces", "mesh"}
    for label in ("real", "fake"):
        (tmp_path / label).mkdir()
    real, fake = (sample(path.parent / row["path"], tmp_path / row["label"], 3).rgb for row in rows[:2])
    assert real.shape == fake.shape and not np.array_equal(real, fake)


@pytest.mark.parametrize("style", ["mesh", "eigenfaces"])
def test_a_held_out_swap_changes_the_face_and_not_the_corners(style: str) -> None:
    target, donor = portrait(480, 1), portrait(480, 2)
    eigenfaces = fit_eigenfaces([portrait(480, n) for n in range(5, 9)]) if style == "eigenfaces" else None
    changed = swap(target, donor, eigenfaces, np.random.default_rng(0)) != target.image
    assert changed[120:360, 120:360].mean() > 0.01 and not changed[:60].any()


def test_the_network_can_go_on_from_weights_and_with_decoders(
    manifest: Path, decoders: Path, tmp_path: Path
) -> None:
    def trained(name: str, *more: str) -> bytes:
        arguments = f"--data {manifest} --out {tmp_path / name} --steps 1 --pairs 1 --dev-pairs 2 --loaders 0"
        assert train_face_swap.main([*arguments.split(), "--dev-share", "0.5", *more]) == 0
        return (tmp_path / name / "checkpoint.safetensors").read_bytes()

    first = trained("first")
    start = str(tmp_path / "first" / "checkpoint.safetensors")
    assert trained("second", "--start", start, "--decoders", str(decoders)) != first
