"""How far detectors of one declared family are one: wholly, until gold has measured it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.scores import CALIBRATED_LIMIT, Scores
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.stack import MINIMUM_GOLD

Floats = NDArray[np.float64]


def relate(scores: Scores, fixed: Codes) -> Floats:
    """detectors x detectors, 0 to 1: 1 for two that count as one, 0 for two of different families.

    Measured, it is the correlation of log-scores within the true class, on gold that both answered. Gold counts
    n/50, as it does for the people; until then members of a family are one. Copies stay 1.
    """
    declared: Floats = np.asarray(scores.family[:, None] == scores.family[None, :], np.float64)
    if declared.sum() == len(declared):  # everyone on its own
        return declared
    errors = _errors(scores, fixed)  # (detectors, gold, classes)
    heard = scores.answered[:, fixed >= 0].astype(np.float64)  # (detectors, gold)
    shared = np.einsum("dgk,egk->de", errors, errors)
    own = np.einsum("dgk,eg->de", errors**2, heard)  # of d, where e answered too
    scale = np.sqrt(own * own.T)
    known = scale > 0
    measured = np.where(known, np.maximum(shared, 0.0) / np.where(known, scale, 1.0), declared)
    share = np.minimum(1.0, heard @ heard.T / MINIMUM_GOLD)
    found: Floats = declared * (share * measured + (1.0 - share))
    np.fill_diagonal(found, 1.0)
    return found


def _errors(scores: Scores, fixed: Codes) -> Floats:
    """Log-scores on gold less their mean within the true class; 0 where silent."""
    gold = np.flatnonzero(fixed >= 0)
    logs, heard = scores.logs(CALIBRATED_LIMIT)[:, gold], scores.answered[:, gold]
    found = np.zeros_like(logs)
    for k in np.unique(fixed[gold]):
        here = heard & (fixed[gold] == k)
        mean = (logs * here[:, :, None]).sum(axis=1) / np.maximum(here.sum(axis=1), 1)[:, None]
        found += (logs - mean[:, None, :]) * here[:, :, None]
    return found
