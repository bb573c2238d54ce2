"""Calibration by condition: a line for each band of a condition, pulled towards the line of all items.

A detector may rank better on light compression than on strong, and its scores may lie elsewhere there. Each band's
line has a Gaussian prior around the common line: with little gold in a band the two are the same. Partial pooling of
this kind is Gelman & Hill (2007), chapter 12, with the spread between bands given instead of fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clipjury_ml.evaluation.intervals import group_indices
from clipjury_ml.evaluation.likelihood import (
    FOLDS,
    LogisticCalibration,
    check_labels,
    deal_folds,
    find_bounds,
    fit_line,
    logits,
)
from clipjury_ml.evaluation.roc import Bools, Floats

BAND_SD = 0.5  # between bands, of intercept and slope
FEWEST_IN_BAND = 5  # of each label, below which a band keeps the common line
LEAST_Z = 1.96  # standard errors by which the cross-fitted gain must lie above 0


@dataclass(frozen=True, slots=True)
class PairedGain:
    """How much less the bands' lines cost (Cllr, bits) than the common one on the same cross-fitted items.

    sd is the standard error of the gain over groups; both costs are of all items.
    """

    common: float
    banded: float
    gain: float
    sd: float

    @property
    def is_real(self) -> bool:
        """Whether the lower end of the gain's 95 % interval lies above 0."""
        return self.gain > LEAST_Z * self.sd


def fit_bands(
    labels: ArrayLike, scores: ArrayLike, bands: Sequence[str | None]
) -> tuple[LogisticCalibration, dict[str, LogisticCalibration]]:
    """The common line, and one for each band with five items of each label or more; items of no band have none.

    All are held within the same bounds, those that all items support with their own lines. Raises ValueError where
    a class is missing altogether.
    """
    truth, values = check_labels(labels, scores)
    names = _names(bands)
    common, lines = _fit(truth, logits(values), names)
    ratios = _ratios(logits(values), names, common, lines)
    low, high = find_bounds(truth, ratios)
    own_low, own_high = find_bounds(truth, common[0] + common[1] * logits(values))
    return LogisticCalibration(*common, own_low, own_high), {
        band: LogisticCalibration(*line, low, high) for band, line in lines.items()
    }


def cross_fit_bands(
    labels: ArrayLike, scores: ArrayLike, bands: Sequence[str | None], groups: Sequence[str]
) -> tuple[Floats, Floats] | None:
    """Bounded log LRs (n,) of each item by the common line and by its band's, of fits that saw nothing of its group.

    None where some fold would leave a class without items to learn from.
    """
    truth, values = check_labels(labels, scores)
    fold, names = deal_folds(truth, groups), _names(bands)
    common, banded = np.zeros(len(truth)), np.zeros(len(truth))
    for number in range(FOLDS):
        own = fold == number
        if truth[~own].all() or not truth[~own].any():
            return None
        if not own.any():
            continue
        line, lines = fit_bands(truth[~own], values[~own], names[~own].tolist())
        common[own] = line.log_ratios(values[own])
        banded[own] = common[own]
        for band, theirs in lines.items():
            here = own & (names == band)
            banded[here] = theirs.log_ratios(values[here])
    return common, banded


def paired_gain(labels: ArrayLike, common: Floats, banded: Floats, groups: Sequence[str]) -> PairedGain:
    """The gain in Cllr on the same items, its standard error over near-duplicate groups."""
    truth = np.asarray(labels, bool)
    costs = [_costs(truth, ratios) for ratios in (common, banded)]
    saved = costs[0] - costs[1]
    sums = np.array([saved[members].sum() for members in group_indices(groups)])
    spread = float(np.sqrt(len(sums) / max(1, len(sums) - 1) * ((sums - sums.mean()) ** 2).sum()))
    return PairedGain(float(costs[0].sum()), float(costs[1].sum()), float(saved.sum()), spread)


def _costs(truth: Bools, ratios: Floats) -> Floats:
    """Each item's part (n,) of Cllr, which is their sum."""
    bits = np.logaddexp(0.0, np.where(truth, -ratios, ratios)) / np.log(2.0)
    found: Floats = bits / (2.0 * np.where(truth, truth.sum(), (~truth).sum()))
    return found


def _names(bands: Sequence[str | None]) -> np.ndarray:
    """The bands' names (n,), empty for items of no band."""
    return np.asarray([band or "" for band in bands])


def _fit(
    truth: Bools, x: Floats, bands: np.ndarray
) -> tuple[tuple[float, float], dict[str, tuple[float, float]]]:
    common = fit_line(truth, x)
    lines = {}
    for band in np.unique(bands).tolist():
        own = bands == band
        if band and min(truth[own].sum(), (~truth[own]).sum()) >= FEWEST_IN_BAND:
            lines[str(band)] = fit_line(truth[own], x[own], common, BAND_SD)
    return common, lines


def _ratios(
    x: Floats, bands: np.ndarray, common: tuple[float, float], lines: dict[str, tuple[float, float]]
) -> Floats:
    found = common[0] + common[1] * x
    for band, (intercept, slope) in lines.items():
        own = bands == band
        found[own] = intercept + slope * x[own]
    return found
