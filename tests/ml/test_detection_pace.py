"""Frames left out or computed at an even pace are found, with their rhythm and place; an encoder's rhythm is not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.edited_clips import HEIGHT, WIDTH, Image, encode

from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.edit_trace.pace_tests import find_uneven_pace
from clipjury_ml.detection.protocol import Finding
from clipjury_ml.detection.registry import load

DETECTOR = load("edit-trace")
LIMITS = DETECTOR.limits["pace"]  # type: ignore[attr-defined]
PACES = ("frames_left_out", "computed_frames", "uneven_pace")
ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {"crf": "26"},
    "libx264 no B frames": {"crf": "33", "bf": "0", "g": "30"},
    "mpeg4": {"bit_rate": "900000", "g": "12"},
    "libvpx": {"cpu_used": "8", "deadline": "realtime", "bit_rate": "900000"},
}


def _walk(frames: int, seed: int = 3) -> list[Image]:
    """A wall that a hand-held camera passes, by uneven but smooth steps."""
    rng = np.random.default_rng(seed)
    patches = rng.choice([60.0, 190.0], (50, 110)).astype(np.float32)  # edges, whose means are no edges
    wall = cv2.resize(patches, None, fx=12, fy=12, interpolation=cv2.INTER_NEAREST)
    sway = cv2.GaussianBlur(rng.normal(0, 1, (frames, 2)), (1, 61), 9, borderType=cv2.BORDER_REFLECT)
    steps = [3.0, 0.8] + 0.7 * sway / sway.std()
    places = np.cumsum(steps, axis=0) + np.array([WIDTH / 2 + 20, HEIGHT / 2 + 100])
    out = []
    for x, y in places:
        moved = cv2.getRectSubPix(wall, (WIDTH, HEIGHT), (float(x), float(y)))
        out.append(np.clip(moved + rng.normal(0, 2, moved.shape), 0, 255).astype(np.uint8))
    return out


def _slowed(images: list[Image]) -> list[Image]:
    """Twice as many frames, every other one the mean of its neighbours."""
    out = []
    for one, other in pairwise(images):
        out += [one, ((one.astype(np.uint16) + other + 1) // 2).astype(np.uint8)]
    return out


def _pace(tmp_path: Path, how: str, images: list[Image]) -> Finding | None:
    codec = how.split()[0]
    path = tmp_path / ("pace.mkv" if codec == "libvpx" else "pace.mp4")
    row = detect_file(encode(path, images, codec, **ENCODERS[how]), DETECTOR)
    assert (row.error, row.p_manipulated) == (None, None)
    return next((finding for finding in row.findings if finding.kind in PACES), None)


@pytest.mark.parametrize("how", ENCODERS)
def test_a_camera_that_moves_unevenly_leaves_no_rhythm(how: str, tmp_path: Path) -> None:
    assert _pace(tmp_path, how, _walk(150)) is None


@pytest.mark.parametrize("kept, words", [(5, "Every 5th step"), (3, "Every 3rd step")])
@pytest.mark.parametrize("how", ENCODERS)
def test_frames_left_out_evenly_are_found_with_their_rhythm(
    how: str, kept: int, words: str, tmp_path: Path
) -> None:
    images = [image for at, image in enumerate(_walk(200)) if at % (kept + 1) != kept]
    found = _pace(tmp_path, how, images)
    assert found is not None and found.kind == "frames_left_out" and words in found.words


@pytest.mark.parametrize("how", ENCODERS)
def test_frames_that_are_means_of_their_neighbours_are_found(how: str, tmp_path: Path) -> None:
    found = _pace(tmp_path, how, _slowed(_walk(80)))
    assert found is not None and found.kind == "computed_frames" and "rhythm of 2 frames" in found.words


def test_a_part_that_was_slowed_is_found_where_it_is(tmp_path: Path) -> None:
    images = _walk(220)
    found = _pace(tmp_path, "mpeg4", images[:120] + _slowed(images[120:181]))
    assert found is not None and found.kind == "computed_frames"
    assert abs((found.start_frame or 0) - 120) <= 15 and abs((found.end_frame or 0) - 239) <= 15


def test_a_picture_that_hardly_moves_tells_nothing() -> None:
    rng = np.random.default_rng(1)
    still = np.clip(100 + rng.normal(0, 0.3, (200, 90, 160)), 0, 255).astype(np.uint8)
    still[::2] += 1  # a rhythm of one level, as encoders leave it
    types = np.full(200, 2, np.uint8)
    assert list(find_uneven_pace(still, types, np.arange(200) / 25, LIMITS)) == []


@given(st.integers(2, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_a_rhythm_that_is_the_encoders_own_is_not_told(b_frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wall = cv2.GaussianBlur(rng.normal(0, 1, (90, 500)).astype(np.float32), (0, 0), 2)
    wall = 128 + 45 * wall / wall.std()
    at = np.arange(150)
    anchors = at % (b_frames + 1) == 0
    small = np.stack([cv2.getRectSubPix(wall, (160, 90), (90 + 1.5 * float(t), 45.0)) for t in at])
    small[~anchors] = np.stack([cv2.GaussianBlur(image, (0, 0), 1.2) for image in small[~anchors]])
    types = np.where(anchors, 2, 3).astype(np.uint8)
    pictures = np.clip(small, 0, 255).astype(np.uint8)
    assert list(find_uneven_pace(pictures, types, at / 25, LIMITS)) == []
    told = list(find_uneven_pace(pictures, np.full(150, 2, np.uint8), at / 25, LIMITS))
    assert len(told) == 1  # the same pictures, were they not B frames
