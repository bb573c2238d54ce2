"""Ranking measures: ROC curve, AUC, equal error rate, true positives at a fixed false-positive rate.

Everywhere: labels (n,) are 1 for manipulated and 0 for authentic; scores (n,) rise with suspicion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def check_pairs(labels: ArrayLike, scores: ArrayLike) -> tuple[Bools, Floats]:
    """labels and scores as arrays of one length; raises ValueError where a label is not 0/1 or a score not finite."""
    truth, values = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    if truth.shape != values.shape or truth.ndim != 1:
        raise ValueError(
            f"labels {truth.shape} and scores {values.shape} must be one-dimensional and of one length"
        )
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("labels must be 0 (authentic) or 1 (manipulated)")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite; place abstentions first")
    return truth.astype(bool), values


def auc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """P(a manipulated item scores above an authentic one), ties counting half (Mann–Whitney U).

    None where one of the classes is empty: there is nothing to rank.
    """
    truth, values = check_pairs(labels, scores)
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle_rank = np.cumsum(counts) - (counts - 1) / 2  # the mean rank of each tied block, from 1
    rank_sum = float(middle_rank[inverse][truth].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def roc_curve(labels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """False- and true-positive rates (k,), from (0, 0) to (1, 1), one step for each distinct score.

    Raises ValueError where a class is empty.
    """
    truth, values = check_pairs(labels, scores)
    if truth.all() or not truth.any():
        raise ValueError("a ROC curve needs both classes")
    order = np.argsort(-values, kind="stable")
    last_of_ties = np.append(np.diff(values[order]) != 0, True)
    hits = np.cumsum(truth[order])[last_of_ties]
    alarms = np.cumsum(~truth[order])[last_of_ties]
    false_rate = np.concatenate([[0.0], alarms / alarms[-1]])
    true_rate = np.concatenate([[0.0], hits / hits[-1]])
    return false_rate, true_rate


def equal_error_rate(labels: ArrayLike, scores: ArrayLike) -> float:
    """Where false positives and misses are equally frequent, by linear interpolation along the ROC curve."""
    false_rate, true_rate = roc_curve(labels, scores)
    gap = false_rate - (1 - true_rate)  # rises from −1 to 1
    after = int(np.argmax(gap >= 0))
    if gap[after] == 0 or after == 0:
        return float(false_rate[after])
    share = -gap[after - 1] / (gap[after] - gap[after - 1])
    return float(false_rate[after - 1] + share * (false_rate[after] - false_rate[after - 1]))


def true_rate_at(labels: ArrayLike, scores: ArrayLike, false_rate: float) -> float:
    """The highest true-positive rate whose false-positive rate does not exceed false_rate."""
    alarms, hits = roc_curve(labels, scores)
    return float(hits[alarms <= false_rate + 1e-12].max())
