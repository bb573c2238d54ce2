"""Traces in what the frames show: cuts, and marks that were laid over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.protocol import Finding

Floats = NDArray[np.float64]
Limits = dict[str, float]


def find_cuts(
    small: NDArray[np.uint8], differences: Floats, times_s: Floats, limits: Limits
) -> Iterator[Finding]:
    """Hard cuts, and jumps within a scene. small (n, h, w), differences and times_s (n,).

    Statistic: a frame's difference over the median of the eight before and after; a cut also has another
    histogram. Told from `ratio` on. A flash is passed over: behind it the picture is as before. After Zhang,
    Kankanhalli and Smoliar, "Automatic partitioning of full-motion video", 1993.
    """
    told = 0
    for at in range(1, len(differences)):
        around = np.concatenate([differences[max(1, at - 8) : at], differences[at + 1 : at + 9]])
        if len(around) < 6 or differences[at] < limits["fewest_levels"]:
            continue
        ratio = float(differences[at] / (np.median(around) + limits["floor"]))
        if ratio < limits["ratio"] or _is_flash(small, differences, at):
            continue
        change = _histogram_change(small[at - 1], small[at])
        is_cut = change >= limits["histogram"]
        if not is_cut and ratio < limits["jump_ratio"]:
            continue
        told += 1
        if told > limits["most"]:
            return
        yield Finding(
            "cut" if is_cut else "jump",
            "A cut: another picture from one frame to the next. Cutting is everyday."
            if is_cut
            else "The picture jumps within the scene, more than its movement explains: something may be missing.",
            "strong" if is_cut else "weak",
            f"difference over that of the frames around it, from {limits['ratio']:g} on; Zhang et al. 1993",
            at - 1,
            at,
            float(times_s[at - 1]),
            float(times_s[at]),
            ratio,
        )


def _is_flash(small: NDArray[np.uint8], differences: Floats, at: int) -> bool:
    """Whether within three frames the picture is back where it was: a flash, or one foreign frame."""
    before = small[at - 1].astype(np.int16)
    return any(
        np.abs(small[later].astype(np.int16) - before).mean() < 0.4 * differences[at]
        for later in range(at + 1, min(at + 4, len(small)))
    ) or any(
        np.abs(small[at].astype(np.int16) - small[earlier]).mean() < 0.4 * differences[at]
        for earlier in range(max(0, at - 4), at - 1)
    )


def _histogram_change(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Half the L1 distance of luma histograms of 32 bins, 0…1."""
    one, other = (
        np.bincount(picture.ravel() >> 3, minlength=32) / picture.size for picture in (first, second)
    )
    return float(np.abs(one - other).sum() / 2)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something still and sharp: left, top, width, height in px of the shrunk picture, and the pixels that are it."""

    box: tuple[int, int, int, int]
    pixels: NDArray[np.bool_]  # (h, w)
    moving: float

    def covers(self, other: _Mark) -> bool:
        """Whether more than half of the smaller of the two lies in the larger."""
        both = int((self.pixels & other.pixels).sum())
        return both > 0.5 * min(int(self.pixels.sum()), int(other.pixels.sum()))


def find_overlays(small: NDArray[np.uint8], times_s: Floats, limits: Limits) -> Iterator[Finding]:
    """Marks that stand still and sharp while the picture moves: logos, captions, patches. small (n, h, w).

    Looked for in windows of `fewest_frames`, so that a mark is found that is there for a part of the clip. Statistic:
    the standard deviation over the window's time that four fifths of the picture pass; told where it is `moving` or
    more, so that still backgrounds are no marks, and the mark stays below `still` and is sharper than `edge`. It
    begins and ends where its pixels come nearer than twice `still` to their mean in the window. After Yan, Wang and
    Kankanhalli, "Automatic video logo detection and removal", 2005.
    """
    size, told = int(limits["fewest_frames"]), list[_Mark]()
    for first in range(0, len(small) - size + 1, size // 2):
        window = small[first : first + size].astype(np.float32)
        for mark in _marks(window, limits):
            if len(told) == int(limits["most"]):
                return
            if any(mark.covers(other) for other in told):
                continue
            told.append(mark)
            start, end = _span(
                small, window.mean(axis=0), mark.pixels, first + size // 2, 2 * limits["still"]
            )
            height, width = small.shape[1:]
            yield Finding(
                "overlay",
                f"Something stands still and sharp while the picture moves, {place_in_words(*mark.box, width, height)}"
                ": a logo, a caption or a patch was laid over.",
                "moderate",
                f"four fifths of the picture move by {mark.moving:.0f} grey levels or more; after Yan et al. 2005",
                start,
                end,
                float(times_s[start]),
                float(times_s[end]),
                mark.moving,
            )


def _marks(window: NDArray[np.float32], limits: Limits) -> Iterator[_Mark]:
    """The marks in one window (n, h, w), the largest first."""
    spread, mean = window.std(axis=0), window.mean(axis=0)
    moving = float(np.percentile(spread, 20))
    if moving < limits["moving"]:
        return
    edges = np.hypot(cv2.Sobel(mean, cv2.CV_32F, 1, 0), cv2.Sobel(mean, cv2.CV_32F, 0, 1)) / 4
    core = ((spread < limits["still"]) & (edges > limits["edge"])).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(core, np.ones((3, 3))))
    height, width = mean.shape
    for number in sorted(range(1, count), key=lambda n: -int(stats[n][4]))[: int(limits["most"])]:
        left, top, across, down, area = (int(value) for value in stats[number])
        if area >= limits["fewest_px"] and across * down <= limits["largest_share"] * width * height:
            yield _Mark(
                (left, top, across, down), np.asarray((labels == number) & (core > 0), np.bool_), moving
            )


def _span(
    small: NDArray[np.uint8], mean: NDArray[np.float32], pixels: NDArray[np.bool_], middle: int, near: float
) -> tuple[int, int]:
    """First and last frame of small (n, h, w) around middle whose pixels are as in mean (h, w)."""
    apart = np.abs(small[:, pixels] - mean[pixels]).mean(axis=1)
    away = np.flatnonzero(apart > near)
    before, after = away[away < middle], away[away > middle]
    return int(before[-1]) + 1 if len(before) else 0, int(after[0]) - 1 if len(after) else len(small) - 1


def place_in_words(left: int, top: int, across: int, down: int, width: int, height: int) -> str:
    """Where a box lies in a picture of width and height, in the same unit."""
    x, y = (left + across / 2) / width, (top + down / 2) / height
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else "in the middle"
    row = "at the top" if y < 1 / 3 else "at the bottom" if y > 2 / 3 else "half-way up"
    horizontally = f"{100 * left / width:.0f}–{100 * (left + across) / width:.0f} % across"
    return (
        f"{row} {column} ({horizontally}, {100 * top / height:.0f}–{100 * (top + down) / height:.0f} % down)"
    )
