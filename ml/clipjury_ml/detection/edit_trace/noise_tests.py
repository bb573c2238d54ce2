"""Noise that differs within the picture: a part that came from elsewhere, or was smoothed (ADR 0039)."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.edit_trace.picture_tests import place_in_words
from clipjury_ml.detection.protocol import Finding

Levels = NDArray[np.float32]
Limits = dict[str, float]
_FLOOR = 0.25  # grey levels: below, encoders and rounding decide


def find_other_noise(
    noise: Levels, noise_rows: NDArray[np.int64], times_s: NDArray[np.float64], limits: Limits
) -> Iterator[Finding]:
    """A part whose noise is stronger or weaker than everywhere else. noise (p, 4, r, c), see `noise_map`; times_s (n,).

    Only flat blocks of middle brightness are looked at, in the median over the pairs of frames. Statistic: the
    logarithm to base 2 of a connected part's flicker over the flat blocks' median. Stronger is told from `more` on,
    where the flicker is `more_levels` grey levels or more, renews itself with every frame as texture does not, and
    exceeds `quiet` times that of nine tenths of the rest; weaker from `less` on, where the rest flickers by
    `less_levels`, nine tenths of it by at least `even` times the median. Video compression leaves no other noise to
    compare. After Mahdian and Saic, "Using noise inconsistencies for blind image forensics", 2009.
    """
    if len(noise) < limits["fewest_pairs"] or noise[0, 0].size == 0:
        return
    flicker, still, brightness, slope = np.median(noise, axis=0)
    flat = (slope < limits["slope"]) & (brightness > limits["darkest"]) & (brightness < limits["brightest"])
    if flat.sum() < limits["fewest_flat"]:
        return
    base = float(np.median(flicker[flat]))
    apart = np.log2((flicker + _FLOOR) / (base + _FLOOR))
    renewed = flicker + 0.1 > limits["renewed"] * (still + 0.1)
    for stronger in (True, False):
        side = (apart > limits["apart"]) & renewed if stronger else apart < -limits["apart"]
        part = _largest(side & flat)
        if part is None or part.sum() < limits["fewest_blocks"]:
            continue
        around = cv2.dilate(part.astype(np.uint8), np.ones((3, 3))) > 0
        rest = flicker[flat & ~around]
        by = float(apart[part].mean())
        if len(rest) < limits["fewest_flat"] / 2 or not _stands_out(
            by, float(flicker[part].mean()), rest, base, stronger, limits
        ):
            continue
        yield _told(part, by, noise, noise_rows, times_s, flat & ~around)


def _stands_out(by: float, level: float, rest: Levels, base: float, stronger: bool, limits: Limits) -> bool:
    if stronger:
        loudest = float(np.percentile(rest, 90))
        return (
            by >= limits["more"]
            and level >= limits["more_levels"]
            and level >= limits["quiet"] * (loudest + _FLOOR)
        )
    quietest = float(np.percentile(rest, 10))
    return by <= -limits["less"] and base >= limits["less_levels"] and quietest >= limits["even"] * base


def _largest(flags: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """The largest connected part of flags (r, c)."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(flags.astype(np.uint8), connectivity=8)
    return (
        None if count < 2 else np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), np.bool_)
    )


def _told(
    part: NDArray[np.bool_],
    by: float,
    noise: Levels,
    noise_rows: NDArray[np.int64],
    times_s: NDArray[np.float64],
    rest: NDArray[np.bool_],
) -> Finding:
    """The finding, from the first to the last pair of frames in which the part differs by half as much at least."""
    inside, outside = noise[:, 0, part].mean(axis=1), np.median(noise[:, 0, rest], axis=1)
    each = np.log2((inside + _FLOOR) / (outside + _FLOOR))
    pairs = np.flatnonzero(each * np.sign(by) >= abs(by) / 2)
    start, end = int(noise_rows[pairs[0]]), int(noise_rows[pairs[-1]]) + 1
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    place = place_in_words(
        int(columns[0]),
        int(rows[0]),
        int(np.ptp(columns)) + 1,
        int(np.ptp(rows)) + 1,
        part.shape[1],
        part.shape[0],
    )
    what = (
        "times as strong as elsewhere: another picture was laid in, noise was added, or something flickers there, as "
        "water, leaves and screens do"
        if by > 0
        else "times weaker than elsewhere: another picture or a graphic was laid in, or this part was smoothed"
    )
    return Finding(
        "other_noise",
        f"Noise is {2 ** abs(by):.0f} {what}; {place}, in {len(pairs)} of {len(noise)} moments looked at.",
        "weak",
        f"flicker of flat blocks over their median, {abs(by):.1f} in logarithms to base 2; after Mahdian and Saic 2009",
        start,
        end,
        float(times_s[start]),
        float(times_s[end]),
        by,
    )
