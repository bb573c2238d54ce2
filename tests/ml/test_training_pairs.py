"""Pairs of real and fake: equal outside the mask, reproducible, and made from drawn faces here."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.factories.detectors import draw_face

from clipjury_ml.training import blending, degradation
from clipjury_ml.training.augmentation import augment
from clipjury_ml.training.face_regions import CONTROL, HULLS, OVAL, SHAPE_ODDS, blending_mask, hull_box
from clipjury_ml.training.pair_stream import CropShape, PairStream
from clipjury_ml.training.pairs import Portrait, make_pair
from clipjury_ml.training.portraits import (
    ManifestError,
    in_dev_split,
    load_portrait,
    nearest_donors,
    read_manifest,
    shape_vectors,
)
from clipjury_ml.training.warping import warp_face


def landmarks_of(size_px: int, seed: int) -> NDArray[np.float32]:
    """468 points of a plausible face: the oval on an ellipse, everything else inside it."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-0.35, 0.35, (468, 2))
    for order, index in enumerate(OVAL):
        angle = 2 * np.pi * order / len(OVAL)
        points[index] = (0.75 * np.sin(angle), -np.cos(angle))
    points[33], points[133], points[362], points[263] = (
        (-0.4, -0.25),
        (-0.2, -0.25),
        (0.2, -0.25),
        (0.4, -0.25),
    )
    points[4], points[61], points[291] = (0.0, 0.1), (-0.25, 0.45), (0.25, 0.45)
    return (size_px / 2 + points * size_px / 4 + rng.normal(0, size_px / 300, (468, 2))).astype(np.float32)


def portrait(size_px: int, seed: int) -> Portrait:
    return Portrait(draw_face(size_px, seed), landmarks_of(size_px, seed), f"person {seed}")


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("swapped", [False, True], ids=["self_blended", "swapped"])
def test_a_pair_is_equal_outside_its_mask_and_differs_inside(seed: int, swapped: bool) -> None:
    rng = np.random.default_rng(seed)
    pair = make_pair(portrait(220, 1), portrait(220, 2) if swapped else None, rng)
    outside = pair.mask == 0
    assert outside.mean() > 0.3
    assert np.array_equal(pair.real[outside], pair.fake[outside])
    assert (pair.real[~outside] != pair.fake[~outside]).any()


def test_the_same_generator_makes_the_same_pair() -> None:
    first, second = (
        make_pair(portrait(200, 1), portrait(200, 2), np.random.default_rng(5)) for _ in range(2)
    )
    assert np.array_equal(first.fake, second.fake)


def test_both_members_go_through_the_same_augmentation() -> None:
    pair = make_pair(portrait(220, 1), None, np.random.default_rng(3))
    twin = type(pair)(pair.real, pair.real, pair.mask, pair.landmarks)
    for seed in range(10):
        real, fake, _ = augment(twin, 192, 1.3, np.random.default_rng(seed))
        assert np.array_equal(real, fake)


def test_every_mask_lies_in_the_unit_range_and_fades_out() -> None:
    for seed, shape in product(range(4), SHAPE_ODDS):
        points = landmarks_of(200, seed)
        mask = blending_mask(points, 200, hull_box(points)[2], shape, np.random.default_rng(seed))
        assert mask.min() == 0.0 and 0.9 < mask.max() <= 1.0
        assert ((mask > 0) & (mask < 1)).any()


def test_landmark_numbers_are_those_of_the_face_mesh() -> None:
    assert max(max(hull) for hull in HULLS.values()) < 468
    assert len(set(CONTROL)) == len(CONTROL) and 55 <= len(CONTROL) <= 70


def test_warping_a_face_onto_itself_changes_nothing_that_matters() -> None:
    face = portrait(200, 1)
    warped = warp_face(face.image, face.landmarks, face.landmarks, 200)
    assert np.abs(warped.astype(int) - face.image.astype(int)).mean() < 1.0


def test_warping_brings_a_moved_face_back() -> None:
    face = portrait(200, 1)
    matrix = np.array([[1.1, 0.1, -20.0], [-0.05, 0.95, 8.0]])
    moved = cv2.warpAffine(face.image, matrix, (200, 200), borderMode=cv2.BORDER_REFLECT_101)
    landmarks = (face.landmarks @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    warped = warp_face(np.asarray(moved, np.uint8), landmarks, face.landmarks, 200)
    inner = slice(80, 120)
    soft, expected = (cv2.GaussianBlur(i, (0, 0), 2).astype(int) for i in (warped, face.image))
    assert np.abs(soft[inner, inner] - expected[inner, inner]).mean() < 6


def test_colour_transfer_moves_the_mean_to_the_target() -> None:
    source, target = np.full((40, 40, 3), 90, np.uint8), np.full((40, 40, 3), 170, np.uint8)
    source[::2] = 110
    matched = blending.match_lab(source, target, np.ones((40, 40), np.float32), 1.0)
    assert abs(float(matched.mean()) - 170) < 3


def test_poisson_blending_keeps_what_lies_outside_the_mask() -> None:
    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 20:60] = 1.0
    source, target = draw_face(80, 1), draw_face(80, 2)
    blended = blending.blend_poisson(source, target, mask)
    assert np.array_equal(blended[mask == 0], target[mask == 0])
    assert not np.array_equal(blended[mask == 1], target[mask == 1])


@pytest.mark.parametrize(
    "step",
    [
        lambda i, r: degradation.jpeg(i, 40),
        lambda i, r: degradation.h264(i, 35),
        lambda i, r: degradation.rescale(i, 0.4),
        lambda i, r: degradation.blur(i, 1.0),
        lambda i, r: degradation.unsharp(i, 1.0, 0.8),
        lambda i, r: degradation.add_noise(i, r, 5.0, 0.5),
        lambda i, r: degradation.shift_colour(i, r, 1.0),
    ],
    ids=["jpeg", "h264", "rescale", "blur", "unsharp", "noise", "colour"],
)
def test_a_degradation_keeps_the_shape_and_changes_the_pixels(step) -> None:  # type: ignore[no-untyped-def]
    image = draw_face(121, 4)  # an odd side: H.264 codes even ones only
    changed = step(image, np.random.default_rng(1))
    assert changed.shape == image.shape and changed.dtype == np.uint8
    assert not np.array_equal(changed, image)
    assert np.abs(changed.astype(int).mean() - image.astype(int).mean()) < 40


def test_donors_are_the_nearest_shapes_of_other_people() -> None:
    wide = landmarks_of(200, 1) * np.array([1.4, 1.0], np.float32)
    people = [
        portrait(200, 1),
        Portrait(draw_face(200, 2), wide, "wide"),
        Portrait(draw_face(200, 3), landmarks_of(200, 1) + 3, "like the first"),
        Portrait(draw_face(200, 4), landmarks_of(200, 1), "person 1"),
    ]
    assert nearest_donors(people, 1)[0] == [2]
    assert 3 not in nearest_donors(people, 3)[0]


def test_a_shape_does_not_depend_on_place_size_or_roll() -> None:
    points = landmarks_of(200, 1)
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    moved = ((points @ turn.T) * 1.7 + 40).astype(np.float32)
    first, second = shape_vectors([points, moved])
    assert np.abs(first - second).max() < 1e-4


def test_a_pair_depends_on_the_seed_and_its_number_alone() -> None:
    people = [portrait(480, n) for n in range(3)]
    first, again = (PairStream(people, CropShape(64), seed=1, count=8) for _ in range(2))
    assert np.array_equal(first.pair(5)[1], again.pair(5)[1])
    assert not np.array_equal(first.pair(5)[1], first.pair(6)[1])
    assert not np.array_equal(first.pair(5)[1], PairStream(people, CropShape(64), 2, 8).pair(5)[1])


def test_the_real_member_has_an_empty_mask() -> None:
    stream = PairStream([portrait(480, n) for n in range(3)], CropShape(192), seed=1, count=4)
    images, labels, masks = stream[0]
    assert images.shape == (2, 3, 192, 192) and labels.tolist() == [0.0, 1.0]
    assert masks.shape == (2, 12, 12)
    assert float(masks[0].sum()) == 0.0 and float(masks[1].max()) > 0.1
    assert len(list(stream)) == 4


def write_portraits(folder: Path, count: int = 3) -> Path:
    names = [f"person_{n}.png" for n in range(count)]
    points = np.stack([landmarks_of(300, n) for n in range(count)])
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), draw_face(300, number)[..., ::-1])
    np.savez(folder / "landmarks468.npz", names=np.array(names), xy_px=points)
    lines = ["path,identity,licence", *(f"{name},{name},CC0" for name in names)]
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")
    return folder / "manifest.csv"


def test_portraits_are_read_with_their_landmarks_on_the_face(tmp_path: Path) -> None:
    rows = read_manifest(write_portraits(tmp_path))
    loaded = load_portrait(rows[0])
    assert loaded.image.shape == (480, 480, 3)
    x, y, side = hull_box(loaded.landmarks)
    assert (x, y) == pytest.approx((240, 240), abs=1)
    assert side == pytest.approx(480 / 1.8, abs=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("person_0.png,,CC0", "line 5: path, identity"),
        ("person_0.png,x,", "line 5: path, identity"),
        ("missing.png,x,CC0", "line 5: .* no landmarks for missing.png"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, message: str) -> None:
    manifest = write_portraits(tmp_path)
    manifest.write_text(manifest.read_text() + line + "\n")
    with pytest.raises(ManifestError, match=message):
        read_manifest(manifest)


def test_a_missing_landmarks_file_is_named(tmp_path: Path) -> None:
    manifest = write_portraits(tmp_path)
    (tmp_path / "landmarks468.npz").unlink()
    with pytest.raises(ManifestError, match=r"landmarks468\.npz is missing"):
        read_manifest(manifest)


def test_the_dev_split_holds_about_its_share_and_never_moves() -> None:
    names = [f"person {n}" for n in range(2000)]
    chosen = [name for name in names if in_dev_split(name, 0.1)]
    assert 140 < len(chosen) < 260
    assert chosen == [name for name in names if in_dev_split(name, 0.1)]
    assert all(in_dev_split(name, 0.2) for name in chosen)
