"""Whether a picture follows on the one before, told while a clip is walked through."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

_LONG_PX = 64
_FEWEST_LEVELS = 8.0
_RATIO = 6.0
_FLOOR = 0.7
_HISTOGRAM = 0.2


class CutFinder:
    """A cut: much more change than in the eight pictures before, and another histogram.

    After Zhang, Kankanhalli and Smoliar, "Automatic partitioning of full-motion video", 1993; a flash counts too,
    for what comes after is not waited for.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._changes: deque[float] = deque(maxlen=8)

    def is_cut(self, grey: NDArray[np.uint8]) -> bool:
        """Take the next picture, grey (h, w); True where a cut lies before it."""
        factor = max(1, max(grey.shape) // _LONG_PX)
        height, width = (side // factor * factor for side in grey.shape)
        size = (width // factor, height // factor)
        small = np.asarray(cv2.resize(grey[:height, :width], size, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._before = self._before, small
        if before is None:
            return False
        change = float(np.abs(small.astype(np.int16) - before).mean())
        usual = float(np.median(self._changes)) if self._changes else 0.0
        found = change >= max(_FEWEST_LEVELS, _RATIO * (usual + _FLOOR)) and _other_tones(before, small)
        if found:
            self._changes.clear()
        else:
            self._changes.append(change)
        return found


def _other_tones(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Whether half the L1 distance of the pictures' histograms of 32 bins is _HISTOGRAM or more."""
    one, other = (np.bincount(each.ravel() >> 3, minlength=32) / each.size for each in (first, second))
    return float(np.abs(one - other).sum() / 2) >= _HISTOGRAM
