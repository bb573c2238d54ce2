"""Traces of having been coded before: a former rhythm of keyframes, two rhythms in one file, a shifted block grid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.protocol import Finding
from clipjury_ml.media.results import INTRA, PREDICTED

Floats = NDArray[np.float64]
Limits = dict[str, float]


def find_former_rhythm(
    packet_bytes: NDArray[np.int64], picture_types: NDArray[np.uint8], limits: Limits
) -> Iterator[Finding]:
    """A former rhythm of keyframes shows through. packet_bytes, picture_types (n,).

    What was a keyframe before predicts badly from its neighbours, so P frames at those places cost more. Statistic:
    for each period and phase, the mean of log sizes against their running median, in standard errors; told from
    `z` on, over some thousand pairs. What the file's own rhythm of keyframes explains is taken out first:
    encoders pay for a keyframe in the frames beside it. After Vázquez-Padín et al., "Detection of video double encoding
    with GOP size estimation", WIFS 2012, who count macroblocks; sizes are what a demuxer tells.
    """
    at = np.flatnonzero((picture_types == PREDICTED) & (packet_bytes > 0))
    if len(at) < limits["fewest_frames"]:
        return
    residual = _against_neighbours(np.log(packet_bytes[at].astype(np.float64)))
    own = _own_rhythm(picture_types)
    if own:
        phases = at % own
        sums = np.bincount(phases, weights=residual, minlength=own)
        residual -= (sums / np.maximum(np.bincount(phases, minlength=own), 1))[phases]
    spread = 1.4826 * float(np.median(np.abs(residual))) + 0.02
    residual = np.clip(residual / spread, -4, 4)
    best = (0.0, 0, 0)
    for period in range(int(limits["shortest"]), min(int(limits["longest"]), len(packet_bytes) // 5) + 1):
        remainders = at % period
        counts = np.bincount(remainders, minlength=period)
        sums = np.bincount(remainders, weights=residual, minlength=period)
        scores = np.where(counts >= 4, sums / np.sqrt(np.maximum(counts, 1)), 0.0)
        phase = int(scores.argmax())
        if scores[phase] > best[0] * 1.05:  # a multiple of the period scores lower, a divisor too
            best = (float(scores[phase]), period, phase)
    if best[0] >= limits["z"]:
        yield Finding(
            "coded_before",
            f"Every {best[1]}th frame costs more than its neighbours: the pictures were coded before, with a keyframe "
            f"every {best[1]} frames. Platforms and editors code anew.",
            "weak",
            f"size of P frames by period, {best[0]:.1f} standard errors; after Vázquez-Padín et al. 2012",
            value=best[0],
        )


def _own_rhythm(picture_types: NDArray[np.uint8]) -> int:
    """Frames from keyframe to keyframe where at least two thirds of the steps agree, else 0."""
    steps = np.diff(np.flatnonzero(picture_types == INTRA))
    if len(steps) == 0:
        return 0
    usual = int(np.median(steps))
    return usual if np.mean(steps == usual) >= 2 / 3 else 0


def _against_neighbours(values: Floats) -> Floats:
    padded = np.pad(values, 4, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 9)
    return np.asarray(values - np.median(windows, axis=1))


def find_mixed_rhythms(
    picture_types: NDArray[np.uint8], times_s: Floats, limits: Limits
) -> Iterator[Finding]:
    """Two rhythms in one file: it was joined from parts that were coded differently. picture_types, times_s (n,).

    Statistic: where the distance of keyframes, the same `fewest` times in a row, becomes another, again the same
    `fewest` times; or where B frames begin or end for good. An encoder keeps to one rhythm but for scene cuts.
    """
    keys = np.flatnonzero(picture_types == INTRA)
    steps = np.diff(keys)
    need = int(limits["fewest"])
    for at in range(need, len(steps) - need + 1):
        before, after = steps[at - need : at], steps[at : at + need]
        if before.min() == before.max() != after.min() == after.max() and before[0] > 1 and after[0] > 1:
            yield _mixed(
                int(keys[at]),
                times_s,
                f"Keyframes come every {before[0]} frames before, and every {after[0]} behind",
                f"two rhythms of keyframes, each {need} times in a row",
            )
            return
    has_b = picture_types == 3
    if 0 < has_b.sum() < len(has_b):
        first, last = int(np.argmax(has_b)), len(has_b) - 1 - int(np.argmax(has_b[::-1]))
        usual = np.diff(np.flatnonzero(has_b)).max(initial=1)
        for edge, length in ((first, first), (last + 1, len(has_b) - last - 1)):
            if length >= max(limits["fewest_b"], 4 * int(usual)) and 0 < edge < len(has_b):
                yield _mixed(
                    edge, times_s, "B frames are used on one side only", "where B frames begin or end"
                )


def _mixed(at: int, times_s: Floats, what: str, basis: str) -> Finding:
    words = f"{what}: the file may have been joined from parts that were coded differently."
    return Finding(
        "mixed_coding", words, "weak", basis, at - 1, at, float(times_s[at - 1]), float(times_s[at])
    )


def find_shifted_grid(full: NDArray[np.uint8], limits: Limits) -> Iterator[Finding]:
    """A grid of 8 × 8 blocks that does not start at the corner: cropped or moved after an earlier coding.

    full (k, H, W) is undivided luma. Statistic, for columns and rows apart: how much a step between neighbours
    exceeds the steps beside it, at the strongest of the eight phases over the next strongest; told from `ratio` on
    where that phase is not the corner's. After Li, Yuan and Yu, "Passive detection of doctored JPEG image via block
    artifact grid extraction", Signal Processing 2009.
    """
    if full.size == 0 or min(full.shape[1:]) < 64:
        return
    shifts = [
        _grid_of(picture) for picture in (full.astype(np.int16), full.astype(np.int16).transpose(0, 2, 1))
    ]
    (across, sure), (down, sure_too) = shifts
    if min(sure, sure_too) >= limits["ratio"] and (across, down) != (0, 0):
        yield Finding(
            "shifted_grid",
            f"The 8 × 8 blocks of an earlier coding are shifted by {across} px across and {down} px down: the "
            "picture was cropped or moved after it had been compressed.",
            "moderate",
            f"block edges by phase, ratio {min(sure, sure_too):.2f}; after Li, Yuan and Yu 2009",
            value=min(sure, sure_too),
        )


def _grid_of(picture: NDArray[np.int16]) -> tuple[int, float]:
    """Where along the last axis of picture (k, h, w) blocks of eight begin, and by which ratio that stands out."""
    steps = np.abs(np.diff(picture, axis=2))
    excess = np.clip(2 * steps[..., 1:-1] - steps[..., :-2] - steps[..., 2:], 0, 40).mean(axis=(0, 1))
    phases = np.array([excess[phase::8].mean() for phase in range(8)])
    order = np.argsort(phases)
    strongest = int(order[-1])
    return (strongest + 2) % 8, float(phases[strongest] / max(float(phases[order[-2]]), 0.05))
