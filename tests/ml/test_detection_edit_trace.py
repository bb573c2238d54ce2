"""Each test for traces of editing finds the edit that was made, where it was made, and is silent without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.edited_clips import FPS, decode, encode, join, scene

from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.edit_trace.coding_tests import find_former_rhythm
from clipjury_ml.detection.edit_trace.timeline_tests import find_clock_gaps, find_sound_misfits
from clipjury_ml.detection.protocol import Finding
from clipjury_ml.detection.registry import load

DETECTOR = load("edit-trace")
LIMITS = DETECTOR.limits  # type: ignore[attr-defined]


def _found(path: Path) -> dict[str, Finding]:
    row = detect_file(path, DETECTOR)
    assert (row.error, row.p_manipulated, row.in_domain) == (None, None, False)
    return {finding.kind: finding for finding in row.findings}


CLEAN: dict[str, Callable[[Path], Path]] = {
    "x264": lambda home: encode(home / "a.mp4", scene(150)),
    "x264, hard": lambda home: encode(home / "a.mp4", scene(150, 1), crf="36", bf="0", g="30"),
    "MPEG-4": lambda home: encode(home / "a.mp4", scene(150, 2), "mpeg4", bit_rate="900000", g="12"),
    "Motion JPEG": lambda home: encode(home / "a.mkv", scene(60, 3), "mjpeg"),
    "VP8": lambda home: encode(home / "a.webm", scene(60, 4), "libvpx", cpu_used="8", deadline="realtime"),
    "sound": lambda home: encode(home / "a.mkv", scene(100, 5), sound=[(0.0, 4.0)]),
}


@pytest.mark.parametrize("how", CLEAN)
def test_plain_footage_however_it_is_encoded_gives_no_finding(how: str, tmp_path: Path) -> None:
    assert _found(CLEAN[how](tmp_path)) == {}


def test_a_cut_is_found_at_its_frame(tmp_path: Path) -> None:
    found = _found(encode(tmp_path / "cut.mp4", scene(60, 1) + [image // 2 for image in scene(60, 2)]))
    assert (found["cut"].start_frame, found["cut"].end_frame) == (59, 60)
    assert found["cut"].end_s == pytest.approx(60 / FPS)


def test_a_flash_is_no_cut(tmp_path: Path) -> None:
    images = scene(80)
    images[40] = np.full_like(images[40], 250)
    assert "cut" not in _found(encode(tmp_path / "flash.mp4", images))


def test_frames_missing_from_an_even_clock_are_found_and_counted(tmp_path: Path) -> None:
    kept = [*range(40), *range(44, 90)]
    images = scene(90)
    found = _found(encode(tmp_path / "gap.mp4", [images[at] for at in kept], times=kept))
    assert found["missing_frames"].start_frame == 39
    assert "about 4 frames are missing" in found["missing_frames"].words


def test_a_freeze_amid_movement_is_found(tmp_path: Path) -> None:
    images = scene(90)
    found = _found(encode(tmp_path / "freeze.mp4", images[:50] + [images[49]] * 8 + images[50:]))
    assert (found["still_frames"].start_frame, found["still_frames"].end_frame) == (49, 57)


FREEZING: dict[str, dict[str, str]] = {
    "libx264 good": {"crf": "18"},
    "libx264": {"crf": "30"},
    "libx264 poor, no B frames": {"crf": "36", "bf": "0", "g": "30"},
    "mpeg4": {"bit_rate": "900000", "g": "12"},
    "mpeg4 poor": {"bit_rate": "300000", "g": "40"},
    "mjpeg": {},
    "libvpx": {"cpu_used": "8", "deadline": "realtime", "bit_rate": "900000"},
}


@pytest.mark.parametrize("shown, first", [(5, 25), (9, 31), (9, 52), (15, 40), (25, 38)])
@pytest.mark.parametrize("how", FREEZING)
def test_a_freeze_is_as_long_as_it_was_made_however_it_is_encoded(
    how: str, shown: int, first: int, tmp_path: Path
) -> None:
    images = scene(90, first)
    frozen = images[: first + 1] + [images[first]] * (shown - 1) + images[first + shown :]
    codec = how.split()[0]
    path = tmp_path / ("freeze.mp4" if codec in ("libx264", "mpeg4") else "freeze.mkv")
    still = _found(encode(path, frozen, codec, **FREEZING[how]))["still_frames"]
    start, end = still.start_frame or 0, still.end_frame or 0
    assert first <= start and end <= first + shown - 1
    assert shown - 2 <= end - start + 1 <= shown  # a keyframe at its edge looks like movement


def test_a_keyframe_within_a_freeze_does_not_end_it(tmp_path: Path) -> None:
    images = scene(90)
    frozen = images[:56] + [images[55]] * 8 + images[64:]
    clip = encode(tmp_path / "freeze.mp4", frozen, crf="36", bf="0", g="30", sc_threshold="0")
    still = _found(clip)["still_frames"]
    assert (still.start_frame, still.end_frame) == (55, 63)


def test_movement_that_slows_down_and_starts_again_is_no_freeze(tmp_path: Path) -> None:
    wall = scene(1, 7)[0]
    paces = np.concatenate(
        [np.full(40, 3.0), np.linspace(3, 0.6, 8), np.linspace(0.6, 3, 8), np.full(40, 3.0)]
    )
    images = [np.roll(wall, round(float(at)), axis=1) for at in np.cumsum(paces)]
    assert "still_frames" not in _found(encode(tmp_path / "slow.mp4", images))


@given(st.sampled_from([10, 12, 15]), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_a_files_own_rhythm_of_keyframes_is_no_earlier_one(spacing: int, seed: int) -> None:
    at = np.arange(240)
    sizes = 3000 * np.exp(np.random.default_rng(seed).normal(0, 0.05, 240))
    types = np.where(at % spacing == 0, 1, 2).astype(np.uint8)
    beside_keyframes = np.where(at % spacing == 1, sizes * 1.6, sizes).astype(np.int64)
    assert list(find_former_rhythm(beside_keyframes, types, LIMITS["rhythm"])) == []
    every_seventh = np.where(at % 7 == 3, sizes * 1.6, sizes).astype(np.int64)
    (found,) = find_former_rhythm(every_seventh, types, LIMITS["rhythm"])
    assert "every 7 frames" in found.words


def test_a_stretch_that_comes_again_is_found_though_it_was_coded_anew(tmp_path: Path) -> None:
    images = scene(130)
    found = _found(encode(tmp_path / "copy.mp4", images[:90] + images[30:60] + images[90:], crf="26"))
    copied = found["copied_frames"]
    assert abs((copied.start_frame or 0) - 90) <= 2 and abs((copied.end_frame or 0) - 119) <= 2


def test_a_rate_raised_by_repetition_is_found_with_its_step(tmp_path: Path) -> None:
    images = [image for at, image in enumerate(scene(100)) for image in [image] * (2 if at % 4 == 3 else 1)]
    assert "Every 5th frame" in _found(encode(tmp_path / "slow.mp4", images))["even_repeats"].words


def test_a_hole_in_the_sound_is_found_where_it_is(tmp_path: Path) -> None:
    found = _found(encode(tmp_path / "hole.mkv", scene(100), sound=[(0.0, 1.5), (1.75, 2.25)]))
    broken = found["sound_break"]
    assert broken.start_s == pytest.approx(1.5, abs=0.06) and broken.end_s == pytest.approx(1.75, abs=0.06)


def test_sound_that_ends_early_is_found(tmp_path: Path) -> None:
    assert (
        "before" in _found(encode(tmp_path / "short.mkv", scene(100), sound=[(0.0, 2.0)]))["sound_end"].words
    )


def test_a_logo_over_a_moving_picture_is_found_and_placed(tmp_path: Path) -> None:
    images = scene(100)
    for image in images:
        image[12:34, 250:300] = 235
        image[18:28, 258:292] = 20
    assert "at the top right" in _found(encode(tmp_path / "logo.mp4", images))["overlay"].words


@pytest.mark.parametrize("shown", [(0, 150), (40, 110), (70, 150)])
@pytest.mark.parametrize("how", ["libx264", "mpeg4", "libvpx"])
def test_a_caption_is_found_for_as_long_as_it_is_shown(
    how: str, shown: tuple[int, int], tmp_path: Path
) -> None:
    images = scene(150, 1)
    for image in images[shown[0] : shown[1]]:
        image[150:176, 60:260] = 30
        image[156:170, 70:250:6] = 230
    path = tmp_path / ("caption.mkv" if how == "libvpx" else "caption.mp4")
    over = _found(encode(path, images, how, bit_rate="900000"))["overlay"]
    assert "at the bottom" in over.words
    assert abs((over.start_frame or 0) - shown[0]) <= 8 and over.end_frame == shown[1] - 1


def test_a_mark_that_moves_with_the_scene_is_no_overlay(tmp_path: Path) -> None:
    wall = scene(1, 9)[0]
    wall[40:70, 100:160] = 235
    wall[48:60, 110:150:8] = 20
    images = [np.roll(wall, 2 * at, axis=1) for at in range(100)]
    assert "overlay" not in _found(encode(tmp_path / "sign.mp4", images))


def test_the_rhythm_of_an_earlier_coding_shows_through(tmp_path: Path) -> None:
    first = encode(tmp_path / "first.avi", scene(240), "mpeg4", g="12", bf="0", qmin="8", qmax="8")
    found = _found(encode(tmp_path / "again.mp4", decode(first), g="250", bf="0", sc_threshold="0", crf="20"))
    assert "every 12 frames" in found["coded_before"].words


def test_parts_coded_with_two_rhythms_are_found_where_they_meet(tmp_path: Path) -> None:
    images = scene(160)
    fixed = {"bf": "0", "sc_threshold": "0"}
    parts = [
        encode(tmp_path / "one.mp4", images[:80], g="10", keyint_min="10", **fixed),
        encode(tmp_path / "two.mp4", images[80:], g="16", keyint_min="16", **fixed),
    ]
    mixed = _found(join(tmp_path / "joined.mp4", parts))["mixed_coding"]
    assert abs((mixed.end_frame or 0) - 80) <= 1


def test_a_crop_after_an_earlier_coding_shifts_its_grid(tmp_path: Path) -> None:
    first = encode(tmp_path / "first.avi", scene(50), "mjpeg", qmin="14", qmax="14")
    cropped = [image[5:181, 3:307].copy() for image in decode(first)]
    found = _found(encode(tmp_path / "crop.mp4", cropped, crf="10"))
    assert "5 px across and 3 px down" in found["shifted_grid"].words


def test_a_still_picture_is_passed_over(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 64)).save(tmp_path / "still.png")
    assert _found(tmp_path / "still.png") == {}


@given(st.lists(st.floats(0.039, 0.041), min_size=30, max_size=60), st.integers(1, 20))
@settings(max_examples=50)
def test_a_clock_that_jitters_a_little_is_even_and_a_missing_stretch_is_counted(
    steps: list[float], missing: int
) -> None:
    times = np.cumsum([0.0, *steps])
    assert list(find_clock_gaps(times, LIMITS["clock"])) == []
    times[20:] += 0.04 * missing
    (found,) = find_clock_gaps(times, LIMITS["clock"])
    assert found.start_frame == 19 and found.value == pytest.approx(missing + 1, rel=0.06)


@given(st.floats(0.05, 2.0), st.integers(2, 20))
def test_every_hole_in_the_sound_is_as_long_as_it_was_made(hole_s: float, at: int) -> None:
    starts = np.arange(30) * 0.02
    starts[at:] += hole_s
    sound = np.stack([starts, np.full(30, 0.02)], axis=1)
    end_s = float(starts[-1] + 0.02)
    (found,) = find_sound_misfits(sound, np.arange(0, end_s, 0.04), end_s, LIMITS["sound"])
    assert (found.end_s or 0) - (found.start_s or 0) == pytest.approx(hole_s)
