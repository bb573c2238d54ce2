"""Boosting, jittered outlines, and the training of the detector of seams on drawn faces."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.ml.test_training_pairs import portrait, write_portraits

from clipjury_ml.detection.boundary_forensics.features import FEATURES
from clipjury_ml.detection.manifest import read_manifest
from clipjury_ml.detection.registry import build
from clipjury_ml.evaluation.roc import auc
from clipjury_ml.training import train_boundary
from clipjury_ml.training.boosting import Boosting, fit_trees
from clipjury_ml.training.boundary_samples import CROP, jitter_outline, sample_pair
from clipjury_ml.training.face_regions import OVAL, hull_box
from clipjury_ml.training.pair_stream import PairStream


def test_trees_learn_what_no_single_feature_tells() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(0, 1, (1500, 6)).astype(np.float32)
    labels = ((rows[:, 0] > 0) ^ (rows[:, 1] > 0)).astype(np.int64)
    groups = np.arange(1500)
    how = Boosting(trees=60, rate=0.2, l2=1.0, feature_share=0.7)
    trees = fit_trees(rows[:1000], labels[:1000], groups[:1000], how, seed=1)
    held = auc(labels[1000:], trees.logits(rows[1000:]))
    alone = auc(labels[1000:], rows[1000:, 0])
    assert held is not None and alone is not None
    assert held > 0.95 and 0.4 < alone < 0.6


def test_the_same_seed_grows_the_same_trees_and_another_one_others() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(0, 1, (200, 8)).astype(np.float32)
    labels = (rows[:, 3] + rng.normal(0, 1, 200) > 0).astype(np.int64)
    first, again, other = (
        fit_trees(rows, labels, np.arange(200) // 2, Boosting(trees=12), seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.value, again.value) and np.array_equal(first.threshold, again.threshold)
    assert not np.array_equal(first.feature, other.feature)


def test_labels_that_follow_from_nothing_give_next_to_nothing() -> None:
    rows = np.ones((100, 3), np.float32)
    trees = fit_trees(rows, np.tile([0, 1], 50), np.arange(100), Boosting(trees=5), seed=1)
    assert np.abs(trees.logits(rows)).max() < 0.1


def test_a_jittered_outline_stays_near_the_true_one_and_is_never_the_same() -> None:
    outline = portrait(480, 1).landmarks[list(OVAL)]
    face_px = hull_box(outline)[2]
    moved = [jitter_outline(outline, np.random.default_rng(seed)) for seed in range(40)]
    off = np.array([np.linalg.norm(each - outline, axis=1).mean() for each in moved]) / face_px
    assert 0.005 < off.mean() < 0.04 and off.max() < 0.1
    assert not np.array_equal(moved[0], moved[1])


def test_both_members_of_a_pair_have_one_outline_that_lies_around_the_face() -> None:
    stream = PairStream([portrait(480, n) for n in range(3)], CROP, 1, 10)
    sample, again = sample_pair(stream, 3), sample_pair(stream, 3)
    assert np.array_equal(sample.real, again.real) and np.array_equal(sample.outline, again.outline)
    assert sample.real.shape == sample.fake.shape == (256, 256, 3)
    assert (sample.real != sample.fake).any()
    x, y, face_px = hull_box(sample.outline)
    assert abs(x - 128) < 26 and abs(y - 128) < 26
    assert 256 / 1.5 * 0.85 < face_px < 256 / 1.5 * 1.2


@pytest.mark.parametrize("mirrored", [False, True])
def test_points_are_placed_where_their_pixels_go(mirrored: bool) -> None:
    from clipjury_ml.training.augmentation import Cropping

    image = np.zeros((300, 300), np.float32)
    image[120:125, 80:85] = 1
    cropping = Cropping(40.0, 60.0, 200.0, mirrored)
    cut = cropping.cut(image, 100)
    y, x = (np.indices(cut.shape) * cut).sum(axis=(1, 2)) / cut.sum()
    assert np.allclose(cropping.place(np.array([[82.0, 122.0]], np.float32), 100)[0], (x, y), atol=0.5)


def test_a_trained_folder_is_a_detector_and_comes_out_the_same_twice(tmp_path: Path) -> None:
    manifest = write_portraits(tmp_path, 4)
    arguments = f"--data {manifest} --pairs 6 --dev-pairs 2 --trees 3 --dev-share 0.5"
    written = []
    for name in ("one", "two"):
        assert train_boundary.main([*arguments.split(), "--out", str(tmp_path / name)]) == 0
        card = json.loads((tmp_path / name / "model.json").read_text(encoding="utf-8"))
        written.append(card["sha256"])
    assert written[0] == written[1]
    assert card["counted_for"] == [] and card["judges"] == ["video"] and card["family"] == "face-swap-lite0"
    detector = build(read_manifest(tmp_path / "one"))
    assert detector.model.trees.feature.shape == (3, 7)
    assert detector.model.usual.shape == (4, len(FEATURES))
