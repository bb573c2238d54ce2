"""The face-swap detector: abstention, determinism, aggregation and crops, with random weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.factories.detectors import centred_face, draw_face, no_face, write_detector

from clipjury_ml.detection.crops import crop_faces
from clipjury_ml.detection.explanation import explain_score, overlay
from clipjury_ml.detection.face_swap import (
    BATCH,
    FaceSwapDetector,
    build,
    build_network,
)
from clipjury_ml.detection.lite0 import fold_norms
from clipjury_ml.detection.logits import aggregate, sigmoid
from clipjury_ml.detection.manifest import read_manifest
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.detection.protocol import Score
from clipjury_ml.detection.registry import find_manifest
from clipjury_ml.media.faces import Face
from clipjury_ml.media.results import SampledFrames
from clipjury_ml.media.squares import crop_square, cut_square


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> FaceSwapDetector:
    return build(read_manifest(write_detector(tmp_path_factory.mktemp("detectors"))))


def frames_of(images: list[NDArray[np.uint8]]) -> SampledFrames:
    count = len(images)
    return SampledFrames(np.stack(images), tuple(range(count)), tuple(n / 25 for n in range(count)))


def drawn_frames(count: int = 4) -> SampledFrames:
    return frames_of([draw_face(320, seed) for seed in range(count)])


def test_frames_without_a_face_get_no_number(detector: FaceSwapDetector) -> None:
    detector.find_faces = no_face
    score = detector.score(drawn_frames())
    assert score.p_manipulated is None
    assert not score.in_domain
    assert score.abstention == "no_face"
    assert score.frame_scores == (None,) * 4
    assert (score.frames_used, score.faces) == (0, 0)


def test_a_face_below_the_smallest_size_gets_no_number(detector: FaceSwapDetector) -> None:
    detector.find_faces = centred_face(79 / 320)
    score = detector.score(drawn_frames())
    assert score.p_manipulated is None
    assert score.abstention == "face_too_small"
    detector.find_faces = centred_face(81 / 320)
    assert detector.score(drawn_frames()).in_domain


def test_an_unsure_face_is_no_face(detector: FaceSwapDetector) -> None:
    sure = centred_face(0.5)
    detector.find_faces = lambda image: [replace(face, confidence=0.6) for face in sure(image)]
    assert detector.score(drawn_frames()).abstention == "no_face"


def test_a_face_in_one_frame_of_a_video_is_too_little_but_an_image_has_only_one(
    detector: FaceSwapDetector,
) -> None:
    frames = drawn_frames(4)
    first = frames.rgb[0].tobytes()
    find = centred_face(0.5)
    detector.find_faces = lambda image: find(image) if image.tobytes() == first else []
    assert detector.score(frames).abstention == "too_few_frames_with_a_face"
    assert detector.score(frames_of([frames.rgb[0]])).in_domain


def test_a_detector_that_judges_videos_alone_says_nothing_about_a_still(tmp_path: Path) -> None:
    detector = build(read_manifest(write_detector(tmp_path, judges=["video"])))
    detector.find_faces = centred_face(0.5)
    score = detector.score(drawn_frames(1))
    assert (score.p_manipulated, score.in_domain, score.abstention) == (None, False, "still_picture")
    assert detector.score(drawn_frames(4)).in_domain


def test_a_score_is_uncalibrated_and_accounts_for_its_frames(detector: FaceSwapDetector) -> None:
    detector.find_faces = centred_face(0.5)
    score = detector.score(drawn_frames(5))
    assert not score.calibrated
    assert (score.frames_used, score.faces, len(score.frame_scores)) == (5, 5, 5)
    top = sorted((s for s in score.frame_scores if s is not None), reverse=True)[:2]
    assert score.p_manipulated is not None and min(top) <= score.p_manipulated <= max(top)


def test_the_same_frames_get_the_same_score_from_two_loads(
    detector: FaceSwapDetector, tmp_path: Path
) -> None:
    other = build(read_manifest(write_detector(tmp_path)))
    detector.find_faces = other.find_faces = centred_face(0.5)
    first, second = detector.score(drawn_frames()), other.score(drawn_frames())
    assert first.p_manipulated == pytest.approx(second.p_manipulated, abs=1e-4)
    assert first.frame_scores == pytest.approx(second.frame_scores, abs=1e-4)


def test_the_order_of_the_frames_does_not_change_the_score(detector: FaceSwapDetector) -> None:
    detector.find_faces = centred_face(0.5)
    frames = drawn_frames(5)
    turned = SampledFrames(frames.rgb[::-1].copy(), frames.frame_indices[::-1], frames.times_s[::-1])
    first, second = detector.score(frames), detector.score(turned)
    assert first.p_manipulated == pytest.approx(second.p_manipulated, abs=1e-4)
    assert first.frame_scores == pytest.approx(second.frame_scores[::-1], abs=1e-4)


def test_folded_norms_change_the_last_digits_only() -> None:
    network = build_network(find_manifest("face-swap-lite0")).eval()
    crops = to_input(np.stack([draw_face(224, seed) for seed in range(4)]))
    with torch.inference_mode():
        for ours, theirs in zip(fold_norms(network)(crops), network(crops), strict=True):
            assert theirs.abs().max() > 0.1
            assert torch.allclose(ours, theirs, rtol=0, atol=1e-4)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in fold_norms(network).modules())
    assert any(isinstance(part, torch.nn.BatchNorm2d) for part in network.modules())


def test_a_face_gets_the_same_logit_in_whatever_company() -> None:
    detector = build(find_manifest("face-swap-lite0"))
    crops = np.stack([draw_face(224, seed) for seed in range(2 * BATCH + 1)])
    alone = np.concatenate([detector.logits_of(crop[None]) for crop in crops])
    assert np.ptp(alone) > 1e-3
    assert np.allclose(detector.logits_of(crops), alone, rtol=0, atol=1e-5)


def test_the_heat_map_has_one_cell_for_sixteen_pixels(detector: FaceSwapDetector) -> None:
    heat = detector.heat_map(draw_face(192, 0))
    assert heat.shape == (12, 12)
    assert ((heat >= 0) & (heat <= 1)).all()


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20), st.integers(1, 6))
def test_the_top_mean_never_falls_when_a_frame_looks_worse(logits: list[float], top_k: int) -> None:
    worse = [logits[0] + 1.0, *logits[1:]]
    assert aggregate(worse, "topk_mean", top_k) >= aggregate(logits, "topk_mean", top_k) - 1e-9
    assert min(logits) - 1e-9 <= aggregate(logits, "topk_mean", top_k) <= max(logits) + 1e-9


def test_the_top_mean_averages_the_highest() -> None:
    assert aggregate([0.0, 4.0, 2.0], "topk_mean", 2) == 3.0
    assert aggregate([0.0, 4.0, 2.0], "mean", 2) == 2.0
    assert sigmoid(0.0) == 0.5
    assert sigmoid(-1000.0) == 0.0


def test_a_score_is_a_number_or_an_abstention_never_both() -> None:
    with pytest.raises(ValueError, match="abstention"):
        Score(0.5, False, False, 1, 1, 0.1, (0.5,), "no_face")
    with pytest.raises(ValueError, match="abstention"):
        Score(None, True, False, 1, 1, 0.1, (None,), None)


def test_at_most_the_three_largest_faces_of_a_frame_are_cropped() -> None:
    boxes = [(10.0 * n, 10.0, 60.0 + n, 90.0 + 10 * n) for n in range(5)]
    faces = [Face(box, np.zeros((5, 2), np.float32), 0.99) for box in boxes]
    found = crop_faces(draw_face(320, 1), lambda image: faces, 192, 1.3, 80)
    assert found.crops.shape == (3, 192, 192, 3)
    assert found.found == 5
    sides = found.squares_px[:, 2].tolist()
    assert sides == sorted(sides, reverse=True)
    assert sides[0] == pytest.approx(130 * 0.872 * 1.3, abs=0.01)


def test_a_crop_past_the_edge_is_filled_by_mirroring() -> None:
    image = draw_face(100, 2)
    crop = cut_square(image, -20, -20, 60, 60)
    assert np.array_equal(crop[20:, 20:], image[:40, :40])
    assert np.array_equal(crop[20, :20], image[0, 1:21][::-1])


def test_the_square_stands_a_little_below_the_middle_of_the_box() -> None:
    left, top, side = crop_square((100.0, 100.0, 80.0, 100.0), 1.3)
    assert side == pytest.approx(113.36)
    assert (left + side / 2, top + side / 2) == pytest.approx((140.0, 155.0))


def test_shrinking_a_checkerboard_gives_grey_not_moire() -> None:
    board = (np.indices((400, 400)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = cut_square(np.repeat(board[..., None], 3, axis=2), 0, 0, 400, 100)
    assert crop[5:-5, 5:-5].std() < 12


def test_an_explanation_shows_the_frames_of_the_top_mean(detector: FaceSwapDetector) -> None:
    detector.find_faces = centred_face(0.5)
    frames = drawn_frames(5)
    score = detector.score(frames)
    explained = explain_score(detector, frames, score)
    top = sorted((s for s in score.frame_scores if s is not None), reverse=True)[:2]
    assert [e.frame_score for e in explained] == top
    assert [score.frame_scores[e.frame_index] for e in explained] == top
    assert overlay(explained[0].crop, explained[0].heat).shape == (192, 192, 3)


def test_the_overlay_leaves_what_is_not_suspicious_as_it_was() -> None:
    crop = draw_face(192, 3)
    assert np.abs(overlay(crop, np.zeros((12, 12))).astype(int) - crop).max() <= 1
    assert np.abs(overlay(crop, np.ones((12, 12))).astype(int) - crop).mean() > 10
