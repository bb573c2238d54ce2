"""Traces of a changed pace: frames left out evenly, and frames computed from their neighbours.

Both leave a rhythm in how the picture moves. Encoders leave rhythms too, by keyframes and by B frames: what the
file's own structure explains is taken out before a rhythm is looked for (ADR 0039).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.protocol import Finding
from clipjury_ml.media.results import BIDIRECTIONAL, INTRA

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Limits = dict[str, float]
_WINDOW = 12  # frames over which the pixels that move most are chosen
_FLOOR = 0.05  # grey levels
_LARGEST = 1.5  # in logarithms: cuts and stills weigh no more than a step of a factor 4.5
_FEWEST_A_PHASE = 5


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """A rhythm of `period` frames: how clearly it stands out (F), and the mean of each phase, (period,)."""

    period: int
    f: float
    means: Floats
    start: int = 0
    end: int = 0


def find_uneven_pace(
    small: NDArray[np.uint8], picture_types: NDArray[np.uint8], times_s: Floats, limits: Limits
) -> Iterator[Finding]:
    """Frames left out evenly, or computed from their neighbours evenly. small (n, h, w), the others (n,).

    Looked at in the tenth of the picture that moves most. Statistic: the ratio F of the variance between the phases
    of a period and that within them, of two series in logarithms: how far each step goes beside the four around it
    (a step over a gap is longer), and how far a frame lies from the mean of its neighbours, over the steps to them (a
    computed frame lies nearer). Told from `step_f` and `bend_f` on, where one phase stands out by `step_gap`, or the
    phases differ by `bend`. Second differences: Gallagher, "Detection of linear and cubic interpolation in JPEG
    compressed images", 2005; in time: Bestagini et al., "Detection of temporal interpolation in video sequences",
    ICASSP 2013. A period that is the encoder's own cannot be seen.
    """
    if len(small) < limits["fewest_frames"]:
        return
    steps, bends = _movement(small)
    if float(np.median(steps[1:])) < limits["moving"]:
        return
    structure = _coding_structure(picture_types)
    at = _away_from_keyframes(picture_types, 2, len(small) - 2)
    series = np.clip(_beside_neighbours(steps), -_LARGEST, _LARGEST)[at]
    rhythm = _strongest(at, _without(structure[at], series), limits)
    if rhythm is not None and rhythm.f >= limits["step_f"] and _gap(rhythm.means) >= limits["step_gap"]:
        yield _told(*_words_on_steps(rhythm), rhythm, times_s)
        return
    at = _away_from_keyframes(picture_types, 1, len(small) - 1)
    rhythm = _strongest(at, _without(structure[at], _against_running_mean(bends[at])), limits)
    if rhythm is not None and rhythm.f >= limits["bend_f"] and np.ptp(rhythm.means) >= limits["bend"]:
        yield _told(*_words_on_means(rhythm), rhythm, times_s)


def _words_on_steps(rhythm: _Rhythm) -> tuple[str, str]:
    """Left-out frames make one step in a period longer, at most threefold; the others stay alike."""
    ratio = float(np.exp(np.max(rhythm.means) - np.median(np.sort(rhythm.means)[:-1])))
    others = float(np.ptp(np.sort(rhythm.means)[:-1]))
    if ratio > 3 or others > _gap(rhythm.means):
        return (
            "uneven_pace",
            f"The picture moves by unequal steps, in a rhythm of {rhythm.period} frames: its frame rate or its speed "
            "was changed by software.",
        )
    return (
        "frames_left_out",
        f"Every {rhythm.period}{_ordinal(rhythm.period)} step between frames is about {ratio:.1f} times as long as "
        "those around it: frames were left out at an even pace, so that the clip is faster or its frame rate lower.",
    )


def _words_on_means(rhythm: _Rhythm) -> tuple[str, str]:
    return (
        "computed_frames",
        f"In a rhythm of {rhythm.period} frames, some lie between their neighbours more exactly than others: they were "
        "computed from them or repeat them, so that the clip is slower or its frame rate higher.",
    )


def _told(kind: str, words: str, rhythm: _Rhythm, times_s: Floats) -> Finding:
    basis = (
        f"variance between the phases of {rhythm.period} frames over that within, F {rhythm.f:.0f}; after Gallagher "
        "2005 and Bestagini et al. 2013"
    )
    start_s, end_s = float(times_s[rhythm.start]), float(times_s[rhythm.end])
    return Finding(kind, words, "moderate", basis, rhythm.start, rhythm.end, start_s, end_s, rhythm.f)


def _movement(small: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Each frame's difference to the one before (n,), and how far it lies from between its neighbours, 0…2 (n,).

    Both are mean absolute values over the tenth of the pixels that moves most in the dozen frames around.
    """
    count = len(small)
    most = max(20, small[0].size // 10)
    steps, seconds = np.zeros(count), np.zeros(count)
    for first in range(1, count, _WINDOW):
        low, high = max(0, first - 1 - _WINDOW // 2), min(count, first + _WINDOW + _WINDOW // 2)
        window = small[low:high].reshape(high - low, -1).astype(np.float32)
        apart = np.diff(window, axis=0)
        pixels = np.argpartition(np.abs(apart).mean(axis=0), -most)[-most:]
        moving = apart[:, pixels]
        one = np.abs(moving).mean(axis=1)
        two = np.abs(np.diff(moving, axis=0)).mean(axis=1)
        last = min(first + _WINDOW, count)
        steps[first:last] = one[first - low - 1 : last - low - 1]
        inner = min(last, count - 1)
        seconds[first:inner] = two[first - low - 1 : inner - low - 1]
    around = steps + np.append(steps[1:], 0.0) + _FLOOR
    return steps, seconds / around


def _beside_neighbours(steps: Floats) -> Floats:
    """Logarithm of each step over the middle two of the four around it."""
    logs = np.log(steps + _FLOOR)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(logs, 2, mode="edge"), 5)[:, [0, 1, 3, 4]]
    return np.asarray(logs - np.sort(around, axis=1)[:, 1:3].mean(axis=1))


def _against_running_mean(bends: Floats) -> Floats:
    """Logarithms against their mean over a second, in which outliers are held back."""
    logs = np.log(bends + 0.001)
    ones = np.ones(min(25, len(logs)))
    weights = np.convolve(np.ones(len(logs)), ones, "same")
    rough = np.convolve(logs, ones, "same") / weights
    held = rough + np.clip(logs - rough, -_LARGEST, _LARGEST)
    return np.clip(logs - np.convolve(held, ones, "same") / weights, -_LARGEST, _LARGEST)


def _away_from_keyframes(picture_types: NDArray[np.uint8], low: int, high: int) -> Places:
    """Places from low to high - 1 that no keyframe touches, which writes the picture anew; where all are, all."""
    keyframes = picture_types == INTRA
    if keyframes.mean() >= 0.2:
        return np.arange(low, high)
    touched = np.convolve(keyframes, np.ones(3), "same") > 0
    return low + np.flatnonzero(~touched[low:high])


def _coding_structure(picture_types: NDArray[np.uint8]) -> Places:
    """A number (n,) for what a frame is to the encoder: its place among how many B frames, or between which."""
    out = np.zeros(len(picture_types), np.int64)
    anchors = np.flatnonzero(picture_types != BIDIRECTIONAL)
    bounds = np.concatenate([[-1], anchors, [len(picture_types)]])
    for before, here, behind in zip(bounds, bounds[1:], bounds[2:], strict=False):
        length, next_length = min(here - before, 17), min(behind - here, 17)
        out[here] = 100_000 + 100 * length + next_length
        out[here + 1 : behind] = 100 * next_length + np.arange(1, behind - here)
    return out


def _without(structure: Places, series: Floats) -> Floats:
    """series (m,) less what the encoder's structure explains; classes of few frames explain little."""
    _, numbers = np.unique(structure, return_inverse=True)
    sums = np.bincount(numbers, weights=series - series.mean())
    return np.asarray(series - series.mean() - (sums / (np.bincount(numbers) + 2))[numbers])


def _strongest(at: Places, series: Floats, limits: Limits) -> _Rhythm | None:
    """The clearest rhythm of series at places `at` (m,), in the whole or in windows of it, and where it holds."""
    size = int(limits["window"])
    spans = [(0, len(at))]
    spans += [(first, first + size) for first in range(0, len(at) - size + 1, size // 2) if size < len(at)]
    best: _Rhythm | None = None
    for first, last in spans:
        rhythm = _rhythm(at[first:last], series[first:last], limits)
        if rhythm is None:
            continue
        low, high = _where(at, series, rhythm)
        if at[high - 1] - at[low] + 1 >= limits["fewest_frames"]:  # a shorter one is a chance find
            first, last = low, high
            rhythm = _rhythm(at[low:high], series[low:high], limits)
        if rhythm is not None and (best is None or rhythm.f > 1.15 * best.f):
            best = _Rhythm(rhythm.period, rhythm.f, rhythm.means, int(at[first]), int(at[last - 1]))
    return best


def _rhythm(at: Places, series: Floats, limits: Limits) -> _Rhythm | None:
    """The period whose phases explain most, None where there are too few frames; a multiple must be better by 15 %."""
    best: _Rhythm | None = None
    total = float((series**2).sum()) + 1e-9
    for period in range(2, int(limits["longest"]) + 1):
        phases = at % period
        counts = np.bincount(phases, minlength=period)
        if counts.min() < _FEWEST_A_PHASE:
            continue
        means = np.bincount(phases, weights=series, minlength=period) / counts
        between = float((counts * means**2).sum())
        f = between / (period - 1) / (max(total - between, 1e-9) / (len(at) - period))
        if best is None or f > 1.15 * best.f:
            best = _Rhythm(period, f, means)
    return best


def _where(at: Places, series: Floats, rhythm: _Rhythm) -> tuple[int, int]:
    """First place and the one behind the last between which the rhythm explains series best (greatest likelihood)."""
    expected = rhythm.means[at % rhythm.period]
    gains = np.concatenate([[0.0], np.cumsum(expected * series - expected**2 / 2)])
    lowest = np.minimum.accumulate(gains)
    end = int(np.argmax(gains - lowest))
    return int(np.argmin(gains[: end + 1])), max(end, 1)


def _gap(means: Floats) -> float:
    """By how much the highest phase exceeds the next."""
    ordered = np.sort(means)
    return float(ordered[-1] - ordered[-2])


def _ordinal(number: int) -> str:
    return {2: "nd", 3: "rd"}.get(number, "th")
