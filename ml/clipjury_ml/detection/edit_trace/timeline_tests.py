"""Traces in when things happen: holes in the clock, frames that stand still or come again, sound that does not fit.

Each test takes series of one clip and gives findings. None says that a clip is manipulated: cutting is everyday.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.protocol import Finding
from clipjury_ml.media.results import INTRA

Floats = NDArray[np.float64]
Limits = dict[str, float]


def find_clock_gaps(times_s: Floats, limits: Limits) -> Iterator[Finding]:
    """Frames missing in a clock that is otherwise even. times_s (n,).

    Statistic: a gap between neighbours over the usual one; told from `ratio` on, where at least `even_share` of
    the gaps lie within 10 % of the usual one, so that phones' variable rates are passed over. Frame deletion:
    Wang and Farid, "Exposing digital forgeries in video by detecting double MPEG compression", 2006.
    """
    gaps = np.diff(times_s)
    if len(gaps) < limits["fewest_frames"]:
        return
    usual = float(np.median(gaps))
    if usual <= 0 or np.mean(np.abs(gaps - usual) <= 0.1 * usual) < limits["even_share"]:
        return
    for at in np.flatnonzero(gaps >= limits["ratio"] * usual)[: int(limits["most"])]:
        missing = round(float(gaps[at] / usual)) - 1
        yield Finding(
            "missing_frames",
            f"The clock jumps by {gaps[at] * 1000:.0f} ms where frames follow each other every {usual * 1000:.0f} ms: "
            f"about {max(1, missing)} frame{'s are' if missing > 1 else ' is'} missing.",
            "moderate",
            f"gap over the usual gap, from {limits['ratio']:g} on; Wang and Farid 2006",
            int(at),
            int(at) + 1,
            float(times_s[at]),
            float(times_s[at + 1]),
            float(gaps[at] / usual),
        )


def frame_differences(small: NDArray[np.uint8]) -> Floats:
    """Mean absolute difference in luma of each frame of small (n, h, w) to the one before; (n,), the first 0."""
    out = np.zeros(len(small))
    for at in range(1, len(small)):
        out[at] = np.abs(small[at].astype(np.int16) - small[at - 1]).mean()
    return out


def find_still_runs(
    small: NDArray[np.uint8], picture_types: NDArray[np.uint8], times_s: Floats, limits: Limits
) -> Iterator[Finding]:
    """The picture stands still amid movement: frames repeated, or a freeze. small (n, h, w), others (n,).

    Encoders go on refining a picture that stands still, by one grey level here and there, and write it anew as a
    keyframe; so only what changes by more than a level counts as a step. A run is where steps stay below `share` of
    the movement around, single keyframes and refreshes bridged. Statistic: the run's median step over the smaller
    median of the ten before and after, told at `inner` or less, where `fewest` steps are still, both sides move by
    `moving` or more, and no part ends further than `drift` from where it began, as a slow movement does (ADR 0034).
    Frame duplication: Wang and Farid, "Exposing digital forgeries in video by detecting duplication", 2007.
    """
    if len(small) < limits["fewest"] + 6:
        return
    steps = np.zeros(len(small))
    steps[1:] = [_beyond_refinement(small[at - 1], small[at]) for at in range(1, len(small))]
    still, bridged = _still_steps(steps, picture_types, limits)
    for start, end in _runs(still | bridged):
        usual = _movement_around(steps, start, end)
        if usual is None or usual < limits["moving"] or end - start + 1 < limits["fewest"]:
            continue
        inner = float(np.median(steps[start : end + 1]))
        if inner > limits["inner"] * usual or _drift(small, still, start, end) > limits["drift"] * usual:
            continue
        first = start - 1
        yield Finding(
            "still_frames",
            f"The picture stands still for {end - first + 1} frames amid movement: frames were repeated, or the "
            "recording stalled.",
            "moderate",
            f"steps within {inner / usual:.2f} of those around, told from {limits['inner']:g} down; "
            "Wang and Farid 2007",
            int(first),
            int(end),
            float(times_s[first]),
            float(times_s[end]),
            float(end - start + 1),
        )


def _movement_around(steps: Floats, start: int, end: int) -> float | None:
    """The smaller median of the ten steps before and after a run, None where a side has fewer than three."""
    before, after = steps[max(1, start - 10) : start], steps[end + 1 : end + 11]
    return (
        min(float(np.median(before)), float(np.median(after))) if min(len(before), len(after)) >= 3 else None
    )


def _drift(small: NDArray[np.uint8], still: NDArray[np.bool_], start: int, end: int) -> float:
    """How far the still parts of a run end, at most, from where they began."""
    parts = _runs(still[start : end + 1])
    return max(_beyond_refinement(small[start + a], small[start + b]) for a, b in parts)


def _beyond_refinement(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """By how much two pictures (h, w) differ beyond one grey level, in the mean."""
    apart = np.abs(first.astype(np.int16) - second)
    return float(np.maximum(apart - 1, 0).mean())


def _still_steps(
    steps: Floats, picture_types: NDArray[np.uint8], limits: Limits
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which steps (n,) are small beside the movement around, and which refresh a picture that stands still."""
    reach = int(limits["reach"])
    padded = np.pad(steps[1:], (reach + 1, reach), mode="reflect")
    usual = np.percentile(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), 75, axis=1)
    still = np.asarray(steps < np.maximum(limits["still"], limits["share"] * usual), np.bool_)
    still[:1] = False
    keyframes = picture_types == INTRA
    rare = bool(keyframes.mean() < limits["rare"])  # where every picture is one, a keyframe excuses nothing
    bridged = np.zeros_like(still)
    bridged[1:-1] = still[:-2] & ~still[1:-1] & still[2:]
    bridged &= (steps < limits["refresh"] * usual) | (keyframes & rare)
    return still, bridged


def find_even_repeats(differences: Floats, limits: Limits) -> Iterator[Finding]:
    """Every k-th frame repeats the one before: the rate was raised, or the clip slowed down. differences (n,).

    Statistic: the share of places with one remainder modulo k that repeat; told from `share` on, where as many of
    all repeats lie there and there are `fewest` of them. Rate conversion by repetition leaves exactly this;
    conversion by interpolation does not (`find_uneven_pace`).
    """
    moving = differences[1:]
    if len(moving) < limits["fewest_frames"]:
        return
    usual = float(np.median(moving))
    repeats = moving < max(limits["still"], 0.12 * usual)
    if usual < limits["moving"] or repeats.sum() < limits["fewest"]:
        return
    for step in range(2, 16):
        for phase in range(step):
            own = repeats[phase::step]
            if own.sum() < limits["fewest"] or own.mean() < limits["share"]:
                continue
            if own.sum() / repeats.sum() >= limits["share"]:
                yield Finding(
                    "even_repeats",
                    f"Every {step}th frame repeats the one before it: the frame rate was raised or the clip was "
                    "slowed down, by software.",
                    "moderate",
                    "share of repeats with one remainder; repetition at an even pace",
                    value=float(own.mean()),
                )
                return


def find_copied_frames(small: NDArray[np.uint8], times_s: Floats, limits: Limits) -> Iterator[Finding]:
    """A stretch of frames that comes again later. small (n, h, w), times_s (n,).

    Statistic: at a lag, the mean difference of a run of `fewest` frames or more that all match below `match`; told
    where the stretch itself moves `distinct` times as much from its first to its later frames. After Wang and Farid
    2007, who correlate subsequences; here frames shrunk to 16 × 9.
    """
    if len(small) < 3 * limits["fewest"]:
        return
    marks = _shrink(small)
    best: tuple[int, int, int] | None = None
    for lag in range(int(limits["fewest"]), len(marks) - int(limits["fewest"])):
        apart = np.abs(marks[lag:] - marks[:-lag]).mean(axis=1)
        for start, end in _runs(apart < limits["match"]):
            length = end - start + 1
            stretch = marks[start : end + 1]
            moves = np.abs(stretch - stretch[0]).mean(axis=1).max() if length >= limits["fewest"] else 0.0
            if moves < limits["distinct"] * limits["match"]:
                continue
            nearby = np.abs(marks[start + 3 : end + 1] - marks[start : end - 2]).mean()
            if nearby < 2 * apart[start : end + 1].mean():
                continue  # so slow that frames three apart match as well
            if best is None or length > best[1] - best[0] + 1:
                best = (start, end, lag)
    if best is not None:
        start, end, lag = best
        yield Finding(
            "copied_frames",
            f"{end - start + 1} frames come again: those from {times_s[start]:.2f} s on are the same as those from "
            f"{times_s[start + lag]:.2f} s on.",
            "strong",
            f"match of frames shrunk to 16 × 9 below {limits['match']:g} grey levels; after Wang and Farid 2007",
            int(start + lag),
            int(end + lag),
            float(times_s[start + lag]),
            float(times_s[end + lag]),
            float(end - start + 1),
        )


def find_sound_misfits(
    sound_s: Floats, times_s: Floats, duration_s: float, limits: Limits
) -> Iterator[Finding]:
    """Holes and overlaps in the sound's clock, and sound that begins or ends away from the pictures.

    sound_s (m, 2) is start and length in s of each packet. Statistic: seconds, told from `hole_s` and `ends_s` on.
    Sound that was stretched leaves none of this and is not found.
    """
    if len(sound_s) < 2:
        return
    starts, ends = sound_s[:, 0], sound_s.sum(axis=1)
    breaks = starts[1:] - ends[:-1]
    basis = "the clock of the sound's packets"
    for at in np.flatnonzero(np.abs(breaks) >= limits["hole_s"])[: int(limits["most"])]:
        low, high = sorted((float(ends[at]), float(starts[at + 1])))
        frame = np.clip(np.searchsorted(times_s, [low, high], side="right") - 1, 0, len(times_s) - 1)
        what = "has a hole of" if breaks[at] > 0 else "overlaps itself by"
        words = f"The sound {what} {abs(breaks[at]) * 1000:.0f} ms here: it was cut or moved, or packets were lost."
        yield Finding(
            "sound_break",
            words,
            "moderate",
            basis,
            int(frame[0]),
            int(frame[1]),
            low,
            high,
            float(breaks[at]),
        )
    late = float(starts[0] - times_s[0])
    early = float(duration_s - ends[-1])
    for kind, seconds, words in (
        ("sound_start", late, "begins {:.2f} s after the pictures"),
        ("sound_end", early, "ends {:.2f} s before the pictures"),
        ("sound_end", -early, "goes on {:.2f} s after the pictures"),
    ):
        if seconds >= limits["ends_s"]:
            yield Finding(kind, f"The sound {words.format(seconds)}.", "weak", basis, value=seconds)


def _shrink(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """small (n, h, w) -> (n, 144): means over a grid of 16 × 9 cells, which coding noise hardly moves."""
    rows = np.array_split(np.arange(small.shape[1]), 9)
    columns = np.array_split(np.arange(small.shape[2]), 16)
    cells = [small[:, r[0] : r[-1] + 1, c[0] : c[-1] + 1].mean(axis=(1, 2)) for r in rows for c in columns]
    return np.stack(cells, axis=1).astype(np.float32)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every run of True."""
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True))
