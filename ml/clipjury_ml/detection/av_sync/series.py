"""What the mouth and the voice do over time, as evenly sampled series that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.landmarks.points import Points, mouth_opening, mouth_width
from clipjury_ml.media.results import Loudness

Series = NDArray[np.float64]

RATE_HZ = 50
_SOUND_LAG_S = 0.0125  # a row of loudness stands for the middle of its 25 ms
_BREATH_S = 2.0  # slower changes are mood, pose and distance
_WORD_S = 1.0
_DEPTH_DB = 45.0  # what is further below the loudest is the room


@dataclass(frozen=True, eq=False)
class Mouth:
    """One face's mouth while it is followed without a break: samples at RATE_HZ from start_s on, all (n,).

    motion is how fast opening and width change, freed of slow changes; `quick` of all that is slower than words.
    opening_spread is the standard deviation of the opening, in distances of the eyes' outer corners.
    """

    start_s: float
    motion: Series
    quick: Series
    opening_spread: float
    frames: tuple[int, int]
    face_px: float

    @property
    def seconds(self) -> float:
        """How long the mouth was seen."""
        return len(self.motion) / RATE_HZ


@dataclass(frozen=True, eq=False)
class Voice:
    """A clip's sound at RATE_HZ from the player's zero on: level (n,) and onsets (n,), freed of slow changes.

    loudest_db is the level of the loudest tenth, 300–1000 Hz; level_spread the standard deviation of level in dB.
    """

    level: Series
    onsets: Series
    loudest_db: float
    level_spread: float


def mouth_series(times_s: Series, points: Points, frames: NDArray[np.int64], face_px: float) -> Mouth:
    """The mouth of one track: times_s (n,) ascending, points (n, COUNT, 2) in px of the crops, n >= 2."""
    grid = np.arange(times_s[0], times_s[-1], 1 / RATE_HZ)
    opening, width = (
        smooth(np.interp(grid, times_s, read(points).astype(np.float64)), 0.03)
        for read in (mouth_opening, mouth_width)
    )
    speed = np.hypot(np.gradient(opening), np.gradient(width)) if len(grid) > 1 else np.zeros(len(grid))
    motion = smooth(speed, 0.06)
    spread = float((opening - smooth(opening, _WORD_S)).std()) if len(grid) else 0.0
    return Mouth(
        float(times_s[0]),
        motion - smooth(motion, _BREATH_S),
        motion - smooth(motion, _WORD_S),
        spread,
        (int(frames[0]), int(frames[-1])),
        face_px,
    )


def voice_series(sound: Loudness) -> Voice:
    """The voice in a clip's sound; empty series where there is none."""
    bands = sound.bands_db.astype(np.float64)
    if len(bands) < 2:
        return Voice(np.zeros(0), np.zeros(0), -100.0, 0.0)
    heard = np.maximum(bands, np.percentile(bands, 98, axis=0) - _DEPTH_DB)
    rises = np.maximum(np.diff(heard, axis=0, prepend=heard[:1]), 0).sum(axis=1)
    rows_s = np.arange(len(bands)) * sound.step_s + _SOUND_LAG_S
    grid = np.arange(0, rows_s[-1], 1 / RATE_HZ)
    rate_hz = 1 / sound.step_s
    level, onsets = (
        np.interp(grid, rows_s, smooth(series, 0.03, rate_hz))
        for series in (heard[:, 1] + heard[:, 2], rises)
    )
    level, onsets = level - smooth(level, _BREATH_S), onsets - smooth(onsets, _WORD_S)
    return Voice(level, onsets, float(np.percentile(bands[:, 1], 90)), float(level.std()) / 2)


def smooth(series: Series, sigma_s: float, rate_hz: float = RATE_HZ) -> Series:
    """A Gaussian mean of sigma_s; beyond its ends the series is mirrored. (n,) -> (n,)."""
    reach = round(3 * sigma_s * rate_hz)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (sigma_s * rate_hz)) ** 2)
    padded = np.pad(series, reach, mode="symmetric") if len(series) else series
    return np.convolve(padded, kernel / kernel.sum(), mode="valid") if len(series) else series
