"""Whether probabilities mean what they say: Brier score and expected calibration error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clipjury_ml.evaluation.roc import Bools, Floats, check_pairs


def _check_probabilities(labels: ArrayLike, probabilities: ArrayLike) -> tuple[Bools, Floats]:
    truth, values = check_pairs(labels, probabilities)
    if not len(values):
        raise ValueError("calibration needs at least one item")
    if values.min() < 0 or values.max() > 1:
        raise ValueError("probabilities must lie in 0…1")
    return truth, values


def brier(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean squared distance between probability and outcome (Brier 1950): 0 perfect, .25 for a constant .5."""
    truth, values = _check_probabilities(labels, probabilities)
    return float(np.mean((values - truth) ** 2))


def calibration_error(labels: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al. 2015), empty bins left out.

    The gap of each bin between mean probability and share of manipulated items, weighted by its items.
    """
    truth, values = _check_probabilities(labels, probabilities)
    index = np.minimum((values * bins).astype(np.int64), bins - 1)
    counts = np.bincount(index, minlength=bins)
    expected = np.bincount(index, weights=values, minlength=bins)
    observed = np.bincount(index, weights=truth.astype(np.float64), minlength=bins)
    return float(np.abs(expected - observed).sum() / counts.sum())
