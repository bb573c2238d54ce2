"""Hashes of real files: copies of drawn clips match, other drawn clips do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bench.near_duplicates import COPIES, EXCERPT, compare_copies, draw_clips, fingerprint, nearest
from PIL import Image

from clipjury.domain.near_duplicates import MATCH_BITS, Likeness, decide_likeness
from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.perceptual import MIN_QUALITY, count_frames, hash_clip, hash_frame

LINKED = ("encoded again, poor quality", "half the size", "brighter", "mirrored")
FOUND = ("3 % cropped", "a logo in a corner", EXCERPT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("perceptual")


@pytest.fixture(scope="module")
def clips(folder: Path) -> list[Path]:
    return draw_clips(folder, 3)


@pytest.fixture(scope="module")
def copies(folder: Path, clips: list[Path]) -> list[dict[str, Likeness | None]]:
    return [compare_copies(path, folder) for path in clips]


def test_close_copies_are_linked(copies: list[dict[str, Likeness | None]]) -> None:
    for found in copies:
        assert set(found) == {*COPIES, EXCERPT}
        for name in LINKED:
            likeness = found[name]
            assert likeness is not None, name
            assert decide_likeness(likeness) == "linked", (name, likeness)
            assert likeness.is_mirrored == (name == "mirrored")


def test_cut_and_marked_copies_are_found_at_least(copies: list[dict[str, Likeness | None]]) -> None:
    for found in copies:
        for name in FOUND:
            likeness = found[name]
            assert likeness is not None, name
            assert decide_likeness(likeness) is not None, (name, likeness)


def test_different_clips_stay_well_apart(clips: list[Path]) -> None:
    prints = [fingerprint(path) for path in clips]
    for number, one in enumerate(prints):
        for other in prints[:number]:
            assert nearest(one, other) > 2 * MATCH_BITS


def test_the_same_file_gives_the_same_hashes_in_the_sandbox_and_outside(clips: list[Path]) -> None:
    assert operations.hashes(clips[0]) == hash_clip(clips[0])


def test_the_mirrored_hash_is_the_hash_of_the_mirror_image() -> None:
    rng = np.random.default_rng(3)
    noise = Image.fromarray(rng.integers(0, 255, (9, 16, 3), np.uint8)).resize(
        (512, 288), Image.Resampling.BICUBIC
    )
    picture = np.asarray(noise, np.uint8)
    plain, turned = hash_frame(picture), hash_frame(np.ascontiguousarray(picture[:, ::-1]))
    assert (int(plain.mirrored, 16) ^ int(turned.bits, 16)).bit_count() <= 8
    assert (int(plain.bits, 16) ^ int(turned.bits, 16)).bit_count() > 64
    assert bin(int(plain.bits, 16)).count("1") == 128, "half of the terms lie above their median"


def test_a_frame_with_nothing_in_it_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "black.png"
    Image.new("RGB", (640, 360), (4, 4, 4)).save(path)
    assert hash_frame(np.asarray(Image.open(path), np.uint8)).quality < MIN_QUALITY
    assert operations.hashes(path) == ()


def test_a_file_that_does_not_decode_is_a_media_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(200))
    with pytest.raises(MediaError):
        operations.hashes(path)


@pytest.mark.parametrize(
    ("frames", "duration_s", "expected"),
    [(1, None, 1), (3, 0.1, 3), (100, 2.0, 4), (500, 20.0, 20), (90_000, 3600.0, 64), (1, 0.0, 1)],
)
def test_how_many_frames_are_hashed(frames: int, duration_s: float | None, expected: int) -> None:
    assert count_frames(frames, duration_s) == expected
