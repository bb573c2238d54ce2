"""A part of the picture with other noise is found and placed; texture, plain noise and quiet pictures are not told."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.factories.edited_clips import HEIGHT, WIDTH, Image, encode

from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.edit_trace.noise_tests import find_other_noise
from clipjury_ml.detection.protocol import Finding
from clipjury_ml.detection.registry import load
from clipjury_ml.media.noise import BLOCK_PX, noise_map

DETECTOR = load("edit-trace")
LIMITS = DETECTOR.limits["noise"]  # type: ignore[attr-defined]
PATCH = (slice(20, 110), slice(190, 300))
ENCODERS: dict[str, dict[str, str]] = {"libx264": {"crf": "21"}, "mjpeg": {"qmin": "3", "qmax": "6"}}


def _shots(noise: float, inside: float, frames: int = 60, ripple: bool = False) -> list[Image]:
    """A plain wall, panned over; noise everywhere, `inside` as much in the patch, or a texture that moves there."""
    rng = np.random.default_rng(5)
    wall = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH + 200)).astype(np.float32), (0, 0), 40)
    wall = 120 + 30 * wall / wall.std()
    weave = 12 * np.sign(np.sin(np.arange(WIDTH + 200) * np.pi / 4))[None].astype(np.float32)
    strength = np.full((HEIGHT, WIDTH), noise)
    strength[PATCH] = inside
    out = []
    for at in range(frames):
        image = wall[:, at : at + WIDTH].copy()
        if ripple:
            image[PATCH] += weave[:, at // 4 : at // 4 + WIDTH][:, PATCH[1]]
        out.append(np.clip(image + strength * rng.normal(0, 1, image.shape), 0, 255).astype(np.uint8))
    return out


def _noise(path: Path, images: list[Image], codec: str) -> Finding | None:
    row = detect_file(encode(path, images, codec, **ENCODERS[codec]), DETECTOR)
    assert (row.error, row.p_manipulated) == (None, None)
    return next((finding for finding in row.findings if finding.kind == "other_noise"), None)


@pytest.mark.parametrize("noise, inside, words", [(1.0, 10.0, "as strong"), (8.0, 0.5, "weaker")])
@pytest.mark.parametrize("codec", ENCODERS)
def test_a_part_with_other_noise_is_found_and_placed(
    codec: str, noise: float, inside: float, words: str, tmp_path: Path
) -> None:
    found = _noise(tmp_path / "patch.mkv", _shots(noise, inside), codec)
    assert found is not None and found.strength == "weak"
    assert words in found.words and "right" in found.words
    assert (found.start_frame or 0) <= 8 and (found.end_frame or 0) >= 52


@pytest.mark.parametrize("noise", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("codec", ENCODERS)
def test_the_same_noise_everywhere_is_not_told(codec: str, noise: float, tmp_path: Path) -> None:
    assert _noise(tmp_path / "plain.mkv", _shots(noise, noise), codec) is None


def test_a_texture_that_stands_or_moves_slowly_is_no_noise(tmp_path: Path) -> None:
    assert _noise(tmp_path / "weave.mkv", _shots(1.0, 1.0, ripple=True), "libx264") is None


def _maps(strength: NDArray[np.float64], seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    shots = [(120 + strength * rng.normal(0, 1, strength.shape)).astype(np.uint8) for _ in range(9)]
    return np.stack([noise_map(one, other) for one, other in pairwise(shots)])


@given(st.integers(0, 8), st.integers(0, 12), st.floats(9, 20), st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_wherever_the_part_lies_it_is_named_and_measured(
    row: int, column: int, inside: float, seed: int
) -> None:
    strength = np.full((12 * BLOCK_PX, 16 * BLOCK_PX), 1.0)
    box = (slice(row * BLOCK_PX, (row + 4) * BLOCK_PX), slice(column * BLOCK_PX, (column + 4) * BLOCK_PX))
    strength[box] = inside
    rows, times_s = np.arange(8) * 3, np.arange(30) / 25
    (found,) = find_other_noise(_maps(strength, seed), rows, times_s, LIMITS)
    assert f"{100 * column / 16:.0f}–{100 * (column + 4) / 16:.0f} % across" in found.words
    assert (found.start_frame, found.end_frame) == (0, 22)
    assert 2 ** (found.value or 0) == pytest.approx(inside, rel=0.25)
    strength[box] = 1.0
    assert list(find_other_noise(_maps(strength, seed), rows, times_s, LIMITS)) == []


def test_what_is_measured_is_the_noise_that_was_added() -> None:
    rng = np.random.default_rng(2)
    one, other = (np.clip(120 + rng.normal(0, 5, (64, 96)), 0, 255).astype(np.uint8) for _ in range(2))
    flicker, still, brightness, slope = noise_map(one, other)
    assert flicker.shape == (4, 6)
    assert flicker.mean() == pytest.approx(5, rel=0.08) and still.mean() == pytest.approx(5, rel=0.08)
    assert brightness.mean() == pytest.approx(119.5, abs=0.5) and slope.max() < LIMITS["slope"]
    flicker, still, *_ = noise_map(one, one)
    assert flicker.max() == 0 and still.mean() == pytest.approx(5, rel=0.08)
