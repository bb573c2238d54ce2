"""Sound that belongs to the mouth, and sound that does not: on made series, and on a drawn person who talks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.factories.face_files import write_portrait, write_talking_head
from tests.ml.drawn_recipes import ORIGINAL

from clipjury_ml.detection.av_sync.agreement import agreement
from clipjury_ml.detection.av_sync.detector import AvSyncDetector
from clipjury_ml.detection.av_sync.offsets import clear_offset, find_offsets, windows
from clipjury_ml.detection.av_sync.series import RATE_HZ, Mouth, Voice, mouth_series, smooth, voice_series
from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.landmarks.points import COUNT
from clipjury_ml.detection.protocol import Score
from clipjury_ml.detection.registry import load
from clipjury_ml.media.results import Loudness
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE
from clipjury_ml.synthetic.takes import Take

DETECTOR = load("av-sync")
assert isinstance(DETECTOR, AvSyncDetector)
LIMITS = DETECTOR.limits


def talk(seed: int, seconds: float = 12.0) -> NDArray[np.float64]:
    """A series that rises and falls like syllables, with pauses."""
    rng = np.random.default_rng(seed)
    series = smooth(rng.normal(0, 1, int(seconds * RATE_HZ)), 0.07)
    return series / series.std() * (smooth(rng.normal(0, 1, len(series)), 0.6) > 0)


def mouth(
    series: NDArray[np.float64], start_s: float = 0.0, spread: float = 0.03, face_px: float = 100.0
) -> Mouth:
    first = round(start_s * 25)
    return Mouth(start_s, series, series, spread, (first, first + len(series) // 2 - 1), face_px)


def voice(series: NDArray[np.float64], spread_db: float = 8.0) -> Voice:
    return Voice(series, series, -20.0, spread_db)


def shifted(series: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    return np.roll(series, round(seconds * RATE_HZ))


def noisy(series: NDArray[np.float64], seed: int, amount: float = 1.0) -> NDArray[np.float64]:
    return series + amount * smooth(np.random.default_rng([seed, 9]).normal(0, 1, len(series)), 0.05) / 0.25


def judge(mouths: list[Mouth], sound: Voice) -> Score:
    return DETECTOR.judge(mouths, sound, 300, 0.0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 50), offset=st.floats(0.4, 1.8), ahead=st.booleans())
def test_a_shifted_voice_is_found_at_its_offset_on_the_right_side(
    seed: int, offset: float, ahead: bool
) -> None:
    moved = -offset if ahead else offset
    own = talk(seed)
    score = judge([mouth(noisy(own, seed, 0.3))], voice(shifted(own, moved)))
    (finding,) = score.findings
    assert finding.kind == "sound_offset"
    assert finding.value == pytest.approx(moved, abs=0.05)
    assert ("ahead of" if ahead else "behind") in finding.words
    assert score.p_manipulated is not None and score.p_manipulated > 0.8


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 50), natural=st.floats(-0.12, 0.12))
def test_a_voice_beside_its_mouth_gives_no_finding_and_a_low_score(seed: int, natural: float) -> None:
    own = talk(seed)
    score = judge([mouth(noisy(own, seed, 0.3))], voice(shifted(own, natural)))
    assert score.findings == ()
    assert score.p_manipulated is not None and score.p_manipulated < 0.2


def test_somebody_elses_voice_scores_above_the_own_and_is_not_often_taken_for_an_offset() -> None:
    told = [judge([mouth(talk(seed))], voice(talk(seed + 1000))) for seed in range(40)]
    own = [judge([mouth(talk(seed))], voice(talk(seed))) for seed in range(40)]
    assert min(score.p_manipulated or 0 for score in told) > max(score.p_manipulated or 1 for score in own)
    # Pauses can fit by chance somewhere in four seconds: the finding then names an offset where there is none.
    assert sum(bool(score.findings) for score in told) <= 12


def test_a_stretch_that_is_offset_is_told_with_its_place() -> None:
    own = talk(3, 30.0)
    sound = own.copy()
    sound[10 * RATE_HZ : 20 * RATE_HZ] = shifted(own, 0.8)[10 * RATE_HZ : 20 * RATE_HZ]
    whole = agreement([mouth(own)], voice(sound), LIMITS["reach_s"])
    assert clear_offset(whole, LIMITS) is None
    (finding,) = find_offsets([mouth(own)], voice(sound), whole, LIMITS)
    assert finding.value == pytest.approx(0.8, abs=0.05)
    assert finding.start_s is not None and finding.end_s is not None
    assert finding.start_s == pytest.approx(10, abs=3) and finding.end_s == pytest.approx(20, abs=3)
    assert finding.start_frame == pytest.approx(finding.start_s * 25, abs=2)


def test_a_cut_in_the_talk_does_not_break_the_comparison() -> None:
    own = talk(5, 12.0)
    parts = [mouth(own[: 6 * RATE_HZ]), mouth(own[6 * RATE_HZ :], start_s=6.0)]
    (finding,) = judge(parts, voice(shifted(own, 0.6))).findings
    assert finding.value == pytest.approx(0.6, abs=0.05)
    assert (finding.start_s, finding.end_s) == pytest.approx((0.0, 12.0))


def test_it_abstains_where_it_cannot_know() -> None:
    own = talk(1)
    for mouths, why in (
        ([], "no_face"),
        ([mouth(own, face_px=40)], "face_too_small"),
        ([mouth(own, spread=0.005)], "no_talking_face"),
        ([mouth(own), mouth(talk(2))], "several_talking_faces"),
        ([mouth(own[: 3 * RATE_HZ])], "too_short"),
    ):
        score = judge(mouths, voice(own))
        assert (score.p_manipulated, score.in_domain, score.abstention) == (None, False, why)
    listener = mouth(talk(2), spread=0.005)
    assert judge([mouth(own), listener], voice(own)).in_domain


def test_silence_a_hum_and_a_short_sound_are_not_speech() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(0, 1, (1000, 4)).astype(np.float32)
    speech = -30 + 15 * smooth(rng.normal(0, 1, 1000), 0.1, 100.0)[:, None] / 0.2 + rows
    for bands, why in (
        (rows[:0], "no_sound"),
        (rows - 70, "no_sound"),
        (rows - 20, "no_speech"),
        (speech[:300], "too_short"),
        (speech, None),
    ):
        sound = Loudness(bands.astype(np.float32), 0.01, ())
        assert DETECTOR.why_unheard(sound, voice_series(sound)) == why


def test_a_mouth_that_stands_still_has_no_motion_and_one_that_opens_has() -> None:
    times_s = np.arange(100) / 25
    still = np.tile(np.random.default_rng(1).normal(0, 20, (COUNT, 2)).astype(np.float32), (100, 1, 1))
    moving = still.copy()
    moving[:, -5:, 1] += 5 * np.sin(2 * np.pi * 3 * times_s).astype(np.float32)[:, None]
    quiet, busy = (mouth_series(times_s, points, np.arange(100), 90.0) for points in (still, moving))
    assert quiet.opening_spread < 1e-6 and np.abs(quiet.motion).max() < 1e-6
    assert busy.opening_spread > 100 * quiet.opening_spread
    assert busy.seconds == pytest.approx(99 / 25, abs=0.03)


@given(length=st.floats(1.0, 8.0), seconds=st.floats(2.0, 20.0))
def test_windows_are_as_long_as_asked_and_lie_in_the_talk(length: float, seconds: float) -> None:
    whole = mouth(talk(1, seconds))
    found = list(windows([whole], length, 1.0))
    assert bool(found) == (whole.seconds > length)
    for (piece,) in found:
        assert piece.seconds == pytest.approx(length, abs=0.05)
        assert 0 <= piece.start_s <= whole.seconds - length + 0.05
        assert whole.frames[0] <= piece.frames[0] <= piece.frames[1] <= whole.frames[1]


def write_clip(path: Path, pictures: list[NDArray[np.uint8]], sound: NDArray[np.float32]) -> Path:
    with av.open(str(path), "w") as output:
        picture = output.add_stream(
            "libx264", rate=25, options={"crf": "20", "preset": "veryfast", "threads": "1"}
        )
        picture.height, picture.width = pictures[0].shape[:2]
        picture.pix_fmt = "yuv420p"
        heard = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        for image in pictures:
            output.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(picture.encode(None))
        for at in range(0, len(sound), 1024):
            part = av.AudioFrame.from_ndarray(sound[None, at : at + 1024], format="fltp", layout="mono")
            part.sample_rate, part.pts, part.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
            output.mux(heard.encode(part))
        output.mux(heard.encode(None))
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A drawn person who talks for six seconds: as drawn, with the voice late by .8 s, and without a sound."""
    take = Take(
        replace(
            ORIGINAL, scene="newsroom", identity_seed=900, take_seed=500, width=640, height=360, frames=150
        )
    )
    pictures = [take.frame(index) for index in range(150)]
    home = tmp_path_factory.mktemp("talk")
    own, late = take.sound()[: 6 * SAMPLE_RATE], round(0.8 * SAMPLE_RATE)
    delayed = np.concatenate([np.zeros(late, np.float32), own[:-late]])
    sounds = {"own": own, "late": delayed, "silent": np.zeros_like(own)}
    return {name: write_clip(home / f"{name}.mp4", pictures, sound) for name, sound in sounds.items()}


def test_a_drawn_talker_ranks_below_the_same_with_a_late_voice(clips: dict[str, Path]) -> None:
    own, late = (detect_file(clips[name], DETECTOR) for name in ("own", "late"))
    assert own.p_manipulated is not None and late.p_manipulated is not None
    assert late.p_manipulated > own.p_manipulated + 0.3
    assert own.findings == ()
    assert all(finding.value == pytest.approx(0.8, abs=0.15) for finding in late.findings)
    assert not own.calibrated


def test_files_without_voice_or_without_movement_are_abstained_from(
    clips: dict[str, Path], tmp_path: Path
) -> None:
    silent = detect_file(clips["silent"], DETECTOR)
    still = detect_file(write_portrait(tmp_path / "still.png"), DETECTOR)
    mute = detect_file(write_talking_head(tmp_path / "mute.mp4"), DETECTOR)
    for row in (silent, still, mute):
        assert (row.p_manipulated, row.in_domain, row.error) == (None, False, None)


def test_it_moves_no_posterior_until_gold_has_measured_it() -> None:
    card = DETECTOR.describe()
    assert (card["counted_for"], card["calibration"]["method"], card["judges"]) == ([], "none", ["video"])
    assert card["modality"] == "sound" and card["family"] == "av-sync"
