"""The detector of seams: zones along an outline, contrasts, trees as arrays, words, and abstention."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tests.factories.detectors import centred_face, draw_face, no_face

from clipjury_ml.detection.boundary_forensics import outline as outlines
from clipjury_ml.detection.boundary_forensics.detector import BoundaryDetector, build
from clipjury_ml.detection.boundary_forensics.features import FEATURES, measure
from clipjury_ml.detection.boundary_forensics.trees import Trees
from clipjury_ml.detection.boundary_forensics.words import clock, describe
from clipjury_ml.detection.boundary_forensics.zones import REGIONS, ZONES, zones_of
from clipjury_ml.detection.manifest import DetectorError, read_manifest
from clipjury_ml.media.results import SampledFrames

Image = NDArray[np.uint8]
SIDE = 256
RADIUS = 80


def circle(radius: float = RADIUS) -> NDArray[np.float32]:
    turn = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    return (SIDE / 2 + radius * np.stack([np.sin(turn), -np.cos(turn)], axis=1)).astype(np.float32)


def distance() -> NDArray[np.float64]:
    """Of every pixel from the middle, px."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return np.asarray(np.hypot(x, y))


def noise(seed: int = 1) -> Image:
    return np.random.default_rng(seed).normal(128, 20, (SIDE, SIDE, 3)).clip(0, 255).astype(np.uint8)


def smoothed_where(inside: NDArray[np.bool_]) -> Image:
    picture = noise()
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)
    return np.where(inside[..., None], soft, picture)


def value_of(picture: Image, name: str) -> float:
    return float(measure(picture, circle())[FEATURES.index(name)])


def test_zones_follow_the_outline_from_the_middle_outwards() -> None:
    zones = zones_of(circle(), SIDE)
    depth = zones.number.reshape(SIDE, SIDE) // 4
    middle = SIDE // 2
    along = depth[middle, middle:]
    assert (np.diff(along) >= 0).all() and along[0] == 0 and along[-1] == ZONES - 1
    inside = [
        name for name, part in REGIONS.items() if part.start <= depth[middle, middle + RADIUS] < part.stop
    ]
    assert inside == ["edge"]
    assert zones.pixels.sum() == SIDE * SIDE


def test_sides_are_named_as_the_viewer_sees_them() -> None:
    side = zones_of(circle(), SIDE).number.reshape(SIDE, SIDE) % 4
    assert [side[10, 128], side[128, 245], side[245, 128], side[128, 10]] == [0, 1, 2, 3]


def test_even_noise_shows_no_seam() -> None:
    found = dict(zip(FEATURES, measure(noise(), circle()), strict=True))
    for channel in ("srm5", "dog2", "chroma_a"):
        assert abs(found[f"{channel}:edge-both"]) < 0.1
        assert abs(found[f"{channel}:inner-ring"]) < 0.1


def test_a_smoothed_edge_is_smoother_than_both_sides_by_as_much_as_it_is() -> None:
    far = distance() / (2 * RADIUS) - 0.5
    picture = smoothed_where((far > -0.06) & (far < 0.05))
    assert value_of(picture, "srm5:edge-both") < np.log(1 / 2)
    assert value_of(picture, "srm5:edge-both lower") < np.log(1 / 2)
    assert abs(value_of(picture, "srm5:inner-ring")) < np.log(1.4)  # the spread of a local mean


def test_an_inner_face_that_was_redrawn_softer_differs_from_the_ring_and_not_by_a_seam_of_its_own() -> None:
    picture = smoothed_where(distance() < 0.7 * RADIUS)
    assert value_of(picture, "srm5:inner-ring") < np.log(1 / 2)
    assert abs(value_of(picture, "srm5:edge-both")) < 0.3


def test_a_picture_of_one_grey_and_an_outline_out_of_the_picture_still_give_numbers() -> None:
    for picture, around in ((np.full((SIDE, SIDE, 3), 128, np.uint8), circle()), (noise(), circle() + 400)):
        found = measure(picture, around)
        assert found.shape == (len(FEATURES),) and np.isfinite(found).all()


def test_names_of_features_are_distinct_and_each_has_words() -> None:
    assert len(set(FEATURES)) == len(FEATURES)
    for name in FEATURES:
        assert describe(name, 0.5, 1.0) != describe(name, -0.5, 1.0)


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        (
            "dog2:edge-both",
            -np.log(2.3),
            "The edge of the face is 2.3 × smoother than both sides of it (fine detail), at 00:07.2.",
        ),
        (
            "srm5:edge-both lower",
            np.log(1.12),
            "The lower edge of the face is 12 % rougher than both sides of it (fine noise), at 00:07.2.",
        ),
        (
            "dog1/dog3:inner-ring",
            -np.log(2),
            "The inner face has 2.0 × less finest detail for its medium detail than the ring around the face, "
            "at 00:07.2.",
        ),
        (
            "lightness:band-inner",
            4.0,
            "The band inside the edge is 4.0 of 255 levels lighter than the inner face, at 00:07.2.",
        ),
    ],
)
def test_a_feature_is_told_in_words(feature: str, value: float, words: str) -> None:
    assert describe(feature, value, 7.24) == words


def test_the_clock_shows_minutes_and_carries_tenths() -> None:
    assert [clock(7.24), clock(59.96), clock(754.0)] == ["00:07.2", "01:00.0", "12:34.0"]


def two_trees() -> Trees:
    """Depth 2 on features 0 and 1: above 0 and above 1 adds 1; the second tree asks feature 2 alone."""
    return Trees(
        bias=-0.5,
        feature=np.array([[0, 1, 1], [2, 2, 2]]),
        threshold=np.array([[0, 9, 1], [0, np.inf, np.inf]], np.float32),
        value=np.array([[0.1, 0, 0.4, 0, 0, 0.2, 1], [0, -0.3, 0.3, -0.3, -0.3, 0.3, 0.3]], np.float32),
    )


def test_trees_answer_by_the_leaf_that_a_row_ends_in() -> None:
    rows = np.array([[1, 2, 1], [1, 0, 1], [-1, 5, -1]], np.float32)
    assert np.allclose(
        two_trees().logits(rows), [-0.5 + 1 + 0.3, -0.5 + 0.2 + 0.3, -0.5 + 0 - 0.3], atol=1e-6
    )


def test_what_features_added_sums_up_to_the_logit() -> None:
    trees = two_trees()
    rows = np.random.default_rng(1).normal(0, 2, (20, 3)).astype(np.float32)
    roots = float(trees.value[:, 0].sum())
    for row in rows:
        assert np.isclose(trees.bias + roots + trees.shares(row).sum(), trees.logits(row[None])[0])
    assert np.allclose(trees.shares(rows[0])[2], 0.3 if rows[0, 2] > 0 else -0.3)


def test_an_outline_is_found_in_the_crops_own_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The regressor sees the inner 1.3 / 1.5 of the crop; its corners and its middle must come back as such."""
    points = np.zeros((1, 65, 2), np.float32)
    points[:, 1], points[:, 2] = 96, 48
    seen = []

    def find_points(greys: Image) -> NDArray[np.float32]:
        seen.append(greys)
        return points

    monkeypatch.setattr(outlines, "find_points", find_points)
    found = outlines.find_outlines(noise()[None], 1.5)[0]
    low = SIDE * (1 - 1.3 / 1.5) / 2
    assert np.allclose(found[:3], [[low, low], [SIDE - low, SIDE - low], [SIDE / 2, SIDE / 2]], atol=1e-3)
    assert seen[0].shape == (1, 96, 96) and found.shape == (36, 2)


def write_boundary_detector(folder: Path, features: int = len(FEATURES)) -> Path:
    """A detector whose one question is whether the edge has less fine detail than both sides."""
    asked = FEATURES.index("dog2:edge-both")
    folder.mkdir(parents=True)
    weights = {
        "bias": np.zeros(1, np.float32),
        "feature": np.array([[asked]], np.int16),
        "threshold": np.full((1, 1), -0.5, np.float32),
        "value": np.array([[0, 2, -2]], np.float32),
        "usual": np.repeat(np.array([[-9], [9], [9], [9]], np.float32), features, axis=1),
    }
    save_file(weights, folder / "weights.safetensors")
    manifest = {
        "id": "seams",
        "version": "0",
        "architecture": "boundary-forensics",
        "weights": "weights.safetensors",
        "sha256": hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "data_licences": ["none: set by hand"],
        "modality": "face",
        "input": {"kind": "face_crop", "size_px": SIDE, "margin": 1.5, "frames": 4},
        "output": {"kind": "logit"},
        "aggregation": "mean",
        "judges": ["video"],
        "min_face_px": 80,
        "calibration": {"method": "none", "fitted_on": None},
    }
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BoundaryDetector:
    module = "clipjury_ml.detection.boundary_forensics.detector.find_outlines"
    monkeypatch.setattr(module, lambda crops, margin: np.repeat(circle()[None], len(crops), axis=0))
    made = build(read_manifest(write_boundary_detector(tmp_path / "seams")))
    made.find_faces = centred_face(0.6)
    return made


def frames_of(images: list[Image]) -> SampledFrames:
    count = len(images)
    return SampledFrames(
        np.stack(images), tuple(10 * n for n in range(count)), tuple(n * 2.4 for n in range(count))
    )


def test_a_clip_without_a_face_and_a_still_get_no_number(detector: BoundaryDetector) -> None:
    still = detector.score(frames_of([draw_face(320, 1)]))
    assert (still.p_manipulated, still.abstention) == (None, "still_picture")
    detector.find_faces = no_face
    empty = detector.score(frames_of([draw_face(320, seed) for seed in range(4)]))
    assert (empty.p_manipulated, empty.abstention, empty.findings) == (None, "no_face", ())


def test_a_clip_with_a_smooth_seam_scores_higher_and_says_where(detector: BoundaryDetector) -> None:
    y, x = np.mgrid[:320, :320] - 160
    # centred_face and crop_square place a circle of the crop's radius 80 about here in the frame.
    far = np.hypot(x, y - 0.05 * 192) / (2 * 80 * (192 * 0.872 * 1.5) / SIDE) - 0.5
    sharp = [
        np.random.default_rng(n).normal(128, 20, (320, 320, 3)).clip(0, 255).astype(np.uint8)
        for n in range(4)
    ]
    seam = ((far > -0.05) & (far < 0.04))[..., None]
    pasted = [np.where(seam, cv2.GaussianBlur(image, (0, 0), 2.0), image).astype(np.uint8) for image in sharp]
    found = detector.score(frames_of([*sharp[:3], pasted[3]]))
    assert found.p_manipulated is not None
    assert found.frame_scores[3] == max(score for score in found.frame_scores if score is not None)
    words = [finding.words for finding in found.findings]
    assert len(words) == 1
    assert words[0].startswith("The edge of the face is ") and words[0].endswith("(fine detail), at 00:07.2.")
    assert (found.findings[0].start_frame, found.findings[0].start_s) == (30, 2.4 * 3)
    whole = detector.score(frames_of(pasted))
    assert whole.p_manipulated is not None and whole.p_manipulated > found.p_manipulated


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    folder = write_boundary_detector(tmp_path / "other", features=len(FEATURES) - 1)
    with pytest.raises(DetectorError, match="does not fit"):
        build(read_manifest(folder))
