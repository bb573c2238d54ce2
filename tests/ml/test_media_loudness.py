"""Loudness: tones stand in their band at their level and time; silence, gaps and broken files are told."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.factories.face_files import write_portrait
from tests.ml.good_files import CLICK_S, RECIPES, make_clip

from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.loudness import BANDS_HZ, HOP, RATE_HZ, WINDOW, measure, read_loudness

CLIPS = {recipe.name: recipe for recipe in RECIPES}


def tone(hz: float, seconds: float, amplitude: float = 0.5) -> NDArray[np.float32]:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(
        np.float32
    )


@given(band=st.integers(0, 3), place=st.floats(0.25, 0.75), amplitude=st.floats(0.01, 1.0))
def test_a_tone_stands_in_its_band_at_its_level(band: int, place: float, amplitude: float) -> None:
    low, high = BANDS_HZ[band]
    levels = measure(tone(low + place * (high - low), 0.5, amplitude))
    assert (levels.argmax(axis=1) == band).all()
    # Half of a sine's power lies at each of its two frequencies, and one side is summed.
    assert levels[:, band] == pytest.approx(20 * np.log10(amplitude / 2), abs=1.5)


def test_each_row_stands_ten_milliseconds_after_the_one_before() -> None:
    sound = np.concatenate([np.zeros(RATE_HZ, np.float32), tone(500, 1.0)])
    levels = measure(sound)
    assert len(levels) == (len(sound) - WINDOW) // HOP + 1
    first = int(np.flatnonzero(levels[:, 1] > -20)[0])
    assert first * HOP / RATE_HZ == pytest.approx(1.0, abs=WINDOW / RATE_HZ)
    assert levels[: first - 3] == pytest.approx(-100, abs=0.01)
    assert measure(sound[: WINDOW - 1]).shape == (0, 4)


@pytest.mark.parametrize("name", ["plain.mp4", "late_sound.mp4", "vp9.webm"])
def test_a_click_is_heard_at_its_time_of_the_players_clock(name: str, tmp_path: Path) -> None:

    found = operations.loudness(make_clip(CLIPS[name], tmp_path), tmp_path)
    loudest = int(found.bands_db.sum(axis=1).argmax()) * found.step_s + WINDOW / RATE_HZ / 2
    assert loudest == pytest.approx(CLICK_S, abs=0.05)
    assert found.warnings == ()


def test_a_clip_without_sound_has_no_rows(tmp_path: Path) -> None:
    assert operations.loudness(make_clip(CLIPS["no_b_frames.mp4"], tmp_path), tmp_path).bands_db.shape == (
        0,
        4,
    )


def test_long_sound_is_measured_piece_by_piece_as_if_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.mkv"
    wave = tone(500, 11.0) * np.repeat(np.random.default_rng(1).random(110), RATE_HZ // 10).astype(np.float32)
    with av.open(str(path), "w") as output:
        picture = output.add_stream("mpeg4", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = output.add_stream("pcm_f32le", rate=RATE_HZ, layout="mono")
        for number in range(55):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            frame.pts = number
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        for at in range(0, len(wave), 1000):
            part = av.AudioFrame.from_ndarray(wave[None, at : at + 1000], format="flt", layout="mono")
            part.sample_rate, part.pts = RATE_HZ, at
            output.mux(sound.encode(part))
        output.mux(sound.encode(None))
    found, whole = read_loudness(path).bands_db, measure(wave)
    assert abs(len(found) - len(whole)) <= 3
    assert np.abs(found[: len(whole)][:, 1] - whole[: len(found)][:, 1]).max() < 0.5


def test_a_still_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="unsupported_format"):
        operations.loudness(write_portrait(tmp_path / "still.png"), tmp_path)
