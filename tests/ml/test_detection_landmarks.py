"""The landmark regressor on drawn faces, whose mouths are known; what it is made of; what damages are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.ml.drawn_recipes import ORIGINAL

from clipjury_ml.detection.landmarks import network
from clipjury_ml.detection.landmarks.points import (
    COUNT,
    HULL,
    MESH,
    OUTER_LIPS,
    eye_distance,
    mirror_order,
    mouth_opening,
    mouth_width,
)
from clipjury_ml.detection.manifest import DetectorError
from clipjury_ml.media.squares import cut_square
from clipjury_ml.synthetic.people.head_shape import lip_lines
from clipjury_ml.synthetic.people.mouth import MAX_GAPE
from clipjury_ml.synthetic.takes import Take

CAST = [("newsroom", 21), ("park", 43), ("kitchen", 65)]
FRAMES = range(0, 40, 2)


def crop_of(take: Take, frame: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The face as the tracks would crop it, and the middles of its inner lips in px of the crop: (2, 2)."""
    head, speech = take.head_px, take.acting.expression(frame).speech
    x, y = take.point(frame, 0.0, 0.2)
    side = 2.1 * head
    grey = take.frame(frame).mean(axis=2).astype(np.uint8)
    crop = cut_square(grey, x - side / 2, y - side / 2, side, network.CROP_PX)
    line = float(lip_lines(take.identity, np.zeros(1, np.float32))[1][0])
    gape = MAX_GAPE * speech.jaw
    heights = (line - 0.24 * gape, line + 0.76 * gape)
    known = np.array([take.point(frame, 0.0, height) for height in heights])
    return np.asarray(crop, np.uint8), (known - (x - side / 2, y - side / 2)) * (network.CROP_PX / side)


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Take, NDArray[np.float64], NDArray[np.float32]]]:
    """Each take with its known points (n, 2, 2) and those found (n, COUNT, 2)."""
    found = []
    for scene, seed in CAST:
        recipe = replace(ORIGINAL, scene=scene, identity_seed=seed, take_seed=seed, width=640, height=360)
        take = Take(recipe)
        crops, known = zip(*(crop_of(take, frame) for frame in FRAMES), strict=True)
        found.append((take, np.stack(known), network.find_points(np.stack(crops))))
    return found


def test_lips_are_found_where_they_were_drawn(
    drawn: list[tuple[Take, NDArray[np.float64], NDArray[np.float32]]],
) -> None:
    for take, known, found in drawn:
        eyes_px = 2 * take.identity.eye_x * network.CROP_PX / 2.1
        for row, number in ((0, 13), (1, 14)):
            off = np.linalg.norm(found[:, MESH.index(number)] - known[:, row], axis=1) / eyes_px
            assert np.median(off) < 0.15, f"point {number} of {take.identity.seed}"


def test_the_opening_follows_the_jaw_that_was_drawn(
    drawn: list[tuple[Take, NDArray[np.float64], NDArray[np.float32]]],
) -> None:
    agreed = []
    for take, _, found in drawn:
        jaw = [take.acting.expression(frame).speech.jaw for frame in FRAMES]
        agreed.append(np.corrcoef(jaw, mouth_opening(found))[0, 1])
    assert min(agreed) > 0.6
    assert np.mean(agreed) > 0.8


def test_the_same_crop_gives_the_same_points_alone_and_in_company() -> None:
    crops = np.random.default_rng(1).integers(0, 256, (70, 96, 96)).astype(np.uint8)
    together = network.find_points(crops)
    assert together.shape == (70, COUNT, 2)
    assert np.allclose(network.find_points(crops[66:67])[0], together[66], atol=0.01)
    assert network.find_points(crops[:0]).shape == (0, COUNT, 2)


def test_other_light_and_contrast_change_nothing() -> None:
    crop = np.random.default_rng(2).integers(60, 160, (1, 96, 96)).astype(np.uint8)
    assert np.allclose(network.find_points(crop), network.find_points(crop + 40), atol=0.05)


def test_the_weights_are_small_and_no_others_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = network.WEIGHTS.read_bytes()
    assert len(content) < 2 * 2**20
    changed = tmp_path / "weights.safetensors"
    changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr(network, "WEIGHTS", changed)
    with pytest.raises(DetectorError, match="changed or damaged"):
        network.load_network.__wrapped__()
    monkeypatch.setattr(network, "WEIGHTS", tmp_path / "none")
    with pytest.raises(DetectorError, match="cannot be read"):
        network.load_network.__wrapped__()


def test_every_point_has_one_mirror_point_and_is_named_once() -> None:
    order = mirror_order()
    assert sorted(order) == list(range(COUNT)) == sorted(np.array(order)[order])
    assert len(set(MESH)) == COUNT
    assert HULL.stop == 36 and MESH[OUTER_LIPS] == (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
    middle = [at for at, other in enumerate(order) if at == other]
    assert {MESH[at] for at in middle} == {10, 152, 4, 0, 17, 13, 14}


@given(turn=st.floats(-1.0, 1.0), scale=st.floats(0.3, 4.0), x=st.floats(-50, 50), seed=st.integers(0, 5))
def test_opening_and_width_do_not_change_where_a_face_is_turned_moved_or_grown(
    turn: float, scale: float, x: float, seed: int
) -> None:
    points = np.random.default_rng(seed).normal(0, 20, (COUNT, 2)).astype(np.float32)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = (points @ rotation.T * scale + x).astype(np.float32)
    assert mouth_opening(seen) == pytest.approx(mouth_opening(points), abs=1e-3)
    assert mouth_width(seen) == pytest.approx(mouth_width(points), abs=1e-3)
    assert eye_distance(seen) == pytest.approx(scale * eye_distance(points), rel=1e-3, abs=1e-3)
