"""How well mouth and voice agree at each offset between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.av_sync.series import RATE_HZ, Mouth, Series, Voice

STEP_S = 0.04
_SHORTEST_S = 1.5  # of a stretch that mouth and shifted voice share


@dataclass(frozen=True, eq=False)
class Agreement:
    """Correlation of mouth and voice (n,) at offsets_s (n,): at a positive one the voice comes later than the mouth.

    Both speak for the two series at once: the mean of the correlations of motion with level and with onsets.
    """

    offsets_s: Series
    correlation: Series

    def best(self, low_s: float, high_s: float) -> tuple[float, float]:
        """The highest correlation at offsets of low_s <= |offset| <= high_s, and its offset; −1 where there is none."""
        far = np.abs(self.offsets_s)
        inside = np.flatnonzero((far >= low_s - 1e-9) & (far <= high_s + 1e-9))
        at = inside[int(np.argmax(self.correlation[inside]))]
        return float(self.correlation[at]), float(self.offsets_s[at])

    def distinctness(self, offset_s: float, width_s: float) -> float:
        """How many standard deviations the correlation at offset_s lies above that further than width_s from it."""
        others = self.correlation[np.abs(self.offsets_s - offset_s) > width_s]
        here = float(np.interp(offset_s, self.offsets_s, self.correlation))
        return (here - float(others.mean())) / (float(others.std()) + 0.05)


def agreement(mouths: Sequence[Mouth], voice: Voice, reach_s: float) -> Agreement:
    """Compare the mouths of one speaker, seen one after the other, with the voice at offsets of up to reach_s.

    After the cross-correlation of Chung and Zisserman, "Out of time: automated lip sync in the wild", 2016, with
    measured series in place of learned ones. Stretches are pooled: sums of products over all of them.
    """
    steps = round(reach_s / STEP_S)
    offsets_s: Series = np.arange(-steps, steps + 1, dtype=np.float64) * STEP_S
    curves = [
        _correlate([(mouth.start_s, mouth.motion) for mouth in mouths], voice.level, offsets_s),
        _correlate([(mouth.start_s, mouth.quick) for mouth in mouths], voice.onsets, offsets_s),
    ]
    return Agreement(offsets_s, np.mean(curves, axis=0))


def _correlate(stretches: Sequence[tuple[float, Series]], sound: Series, offsets_s: Series) -> Series:
    found = np.zeros(len(offsets_s))
    whole = max(1, sum(len(mouth) for _, mouth in stretches))
    for place, offset_s in enumerate(offsets_s):
        sums = np.zeros(4)
        for start_s, mouth in stretches:
            sums += _products(mouth, sound, round((start_s + offset_s) * RATE_HZ))
        if sums[1] > 0 and sums[2] > 0:
            # The less of them meets, the more of a correlation is chance.
            found[place] = sums[0] / np.sqrt(sums[1] * sums[2]) * np.sqrt(sums[3] / whole)
    return found


def _products(mouth: Series, sound: Series, shift: int) -> NDArray[np.float64]:
    """Sums of mouth·sound, mouth² and sound² about their means, where mouth[i] meets sound[i + shift]; how many."""
    first, last = max(0, -shift), min(len(mouth), len(sound) - shift)
    if last - first < _SHORTEST_S * RATE_HZ:
        return np.zeros(4)
    one, other = mouth[first:last], sound[first + shift : last + shift]
    one, other = one - one.mean(), other - other.mean()
    return np.array([one @ other, one @ one, other @ other, len(one)])
