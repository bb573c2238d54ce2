"""Gradient boosting on histograms for a logistic loss (Friedman 2001; Ke et al., LightGBM, 2017), in numpy.

The 32 quantile bins of a feature are its only thresholds. Trees are complete: a node that gains nothing asks a
question that sends every row to one side, and both answers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.boundary_forensics.trees import Matrix, Trees

BINS = 32


@dataclass(frozen=True, slots=True)
class Boosting:
    """How to grow: each tree sees a share of the rows' groups and of the features."""

    trees: int = 300
    depth: int = 3
    rate: float = 0.06
    l2: float = 20.0
    feature_share: float = 0.3
    group_share: float = 0.6


def fit_trees(
    rows: Matrix, labels: NDArray[np.int64], groups: NDArray[np.int64], how: Boosting, seed: int
) -> Trees:
    """Trees for rows (n, features), labels (n,) 0 or 1; rows of one group (n,) are drawn together, as pairs are."""
    rng = np.random.default_rng(seed)
    cuts = np.quantile(rows, np.arange(1, BINS) / BINS, axis=0).astype(np.float32)  # (BINS − 1, features)
    binned = np.stack([np.searchsorted(cuts[:, f], rows[:, f]) for f in range(rows.shape[1])], axis=1)
    names = np.unique(groups)
    bias = float(np.log(labels.mean() / (1 - labels.mean())))
    logits = np.full(len(rows), bias)
    parts: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]] = []
    for _ in range(how.trees):
        seen = np.isin(groups, rng.choice(names, max(1, round(how.group_share * len(names))), replace=False))
        columns = np.sort(
            rng.choice(rows.shape[1], max(1, round(how.feature_share * rows.shape[1])), replace=False)
        )
        p = 1 / (1 + np.exp(-logits))
        grown = _grow(binned, labels - p, p * (1 - p), seen, columns, how)
        feature, cut, value, leaf = grown
        logits += value[leaf]
        threshold = np.where(cut < BINS - 1, cuts[np.minimum(cut, BINS - 2), feature], np.float32(np.inf))
        parts.append((feature, threshold.astype(np.float32), value.astype(np.float32)))
    return Trees(bias, *(np.stack(each) for each in zip(*parts, strict=True)))


def _grow(
    binned: NDArray[np.int64],
    slope: NDArray[np.float64],
    curve: NDArray[np.float64],
    seen: NDArray[np.bool_],
    columns: NDArray[np.int64],
    how: Boosting,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """One tree by the rows seen: features and bins of its inner nodes, values of all, and each row's leaf."""
    inner = 2**how.depth - 1
    feature, cut = np.zeros(inner, np.int64), np.full(inner, BINS - 1, np.int64)
    value = np.zeros(2 * inner + 1)
    node = np.zeros(len(binned), np.int64)
    for level in range(how.depth + 1):
        for n in range(2**level - 1, 2 ** (level + 1) - 1):
            here = np.flatnonzero((node == n) & seen)
            value[n] = how.rate * slope[here].sum() / (curve[here].sum() + how.l2)
            if n < inner:
                feature[n], cut[n] = _best_cut(binned[here][:, columns], slope[here], curve[here], how.l2)
                feature[n] = columns[feature[n]]
        if level < how.depth:
            above = binned[np.arange(len(binned)), feature[node]] > cut[node]
            node = 2 * node + 1 + above
    # A branch that nobody took answers as the node above it.
    for n in range(1, len(value)):
        if n % 2 == 0 and cut[(n - 1) // 2] == BINS - 1:
            value[n] = value[(n - 1) // 2]
    return feature, cut, value, node


def _best_cut(
    binned: NDArray[np.int64], slope: NDArray[np.float64], curve: NDArray[np.float64], l2: float
) -> tuple[int, int]:
    """Column and last bin of the lower side of the cut that gains most; bin BINS − 1 where none gains."""
    columns = binned.shape[1]
    place = (binned + np.arange(columns) * BINS).ravel()
    below = [
        np.bincount(place, np.repeat(each, columns), minlength=columns * BINS)
        .reshape(columns, BINS)
        .cumsum(1)
        for each in (slope, curve)
    ]
    total = slope.sum(), curve.sum()
    gain = sum(s**2 / (c + l2) for s, c in (below, (total[0] - below[0], total[1] - below[1]))) - total[
        0
    ] ** 2 / (total[1] + l2)
    gain[:, BINS - 1] = 1e-9
    best = int(np.argmax(gain))
    return best // BINS, best % BINS
