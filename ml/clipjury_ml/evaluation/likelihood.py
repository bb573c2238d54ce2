"""Likelihood ratios out of scores: how much a score is evidence, measured on items of known label.

LR > 1 speaks for manipulated. Classes weigh alike whatever their counts, so a calibrated score is a likelihood
ratio and no prior enters. Labels (n,) are 1 for manipulated and 0 for authentic, as in `roc`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clipjury_ml.evaluation.intervals import group_indices
from clipjury_ml.evaluation.roc import Bools, Floats, check_pairs

FURTHEST_LOGIT = 13.8  # of p = 1e-6: a probability of exactly 0 or 1 is no infinite evidence
PRIOR_SD = 1.0  # of intercept and slope, both around 0: without gold a score says nothing
FOLDS = 5
_STEPS = 50


@dataclass(frozen=True, slots=True)
class LogisticCalibration:
    """log LR = intercept + slope × logit(score), held within [log_low, log_high] (natural logarithms)."""

    intercept: float
    slope: float
    log_low: float
    log_high: float

    def log_ratios(self, scores: ArrayLike) -> Floats:
        """Log likelihood ratios (n,) of scores (n,) in [0, 1]."""
        found = self.intercept + self.slope * logits(scores)
        return np.clip(found, self.log_low, self.log_high)


def logits(scores: ArrayLike) -> Floats:
    """Natural log-odds of scores in [0, 1], held within ±13.8; raises ValueError outside."""
    values = np.asarray(scores, np.float64)
    if values.size and not (np.isfinite(values).all() and values.min() >= 0.0 and values.max() <= 1.0):
        raise ValueError("scores must lie in 0…1")
    with np.errstate(divide="ignore"):
        found: Floats = np.clip(np.log(values) - np.log1p(-values), -FURTHEST_LOGIT, FURTHEST_LOGIT)
    return found


def fit_calibration(labels: ArrayLike, scores: ArrayLike) -> LogisticCalibration:
    """Logistic regression of the label on the logit (Platt 1999), both classes of one weight, a Gaussian prior.

    The bounds are the empirical ones of the same items (`find_bounds`). Raises ValueError where a class is missing.
    """
    truth, values = check_labels(labels, scores)
    intercept, slope = fit_line(truth, logits(values))
    log_low, log_high = find_bounds(truth, intercept + slope * logits(values))
    return LogisticCalibration(intercept, slope, log_low, log_high)


def check_labels(labels: ArrayLike, scores: ArrayLike) -> tuple[Bools, Floats]:
    """Truth (n,) and scores (n,); raises ValueError where a class is missing."""
    truth, values = check_pairs(labels, scores)
    if truth.all() or not truth.any():
        raise ValueError("a calibration needs items of both labels")
    return truth, values


def fit_line(
    truth: Bools, x: Floats, prior: tuple[float, float] = (0.0, 0.0), prior_sd: float = PRIOR_SD
) -> tuple[float, float]:
    """Intercept and slope of truth (n,) on logits x (n,), both classes of one weight, a Gaussian prior around `prior`.

    Newton's method on the penalised log-likelihood, which is strictly concave, with halved steps.
    """
    weight = len(truth) / (2.0 * np.where(truth, truth.sum(), (~truth).sum()))
    design = np.stack([np.ones_like(x), x], axis=1)
    centre, penalty = np.array(prior), np.eye(2) / prior_sd**2
    beta = centre.copy()

    def objective(at: Floats) -> float:
        z = design @ at
        off = at - centre
        return float(weight @ (truth * z - np.logaddexp(0.0, z)) - 0.5 * off @ penalty @ off)

    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-design @ beta))
        slope = design.T @ (weight * (truth - p)) - penalty @ (beta - centre)
        curvature = (design * (weight * p * (1.0 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, slope)
        while objective(beta + step) < objective(beta) - 1e-12 and np.abs(step).max() > 1e-12:
            step = step / 2.0
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def find_bounds(labels: ArrayLike, log_ratios: ArrayLike) -> tuple[float, float]:
    """Empirical lower and upper bound of the log LR (Vergeer et al. 2016): what so few items can support.

    One misleading item is added to each class, at the far end. A decision at threshold t costs
    t × false alarms + misses; log t counts as supported where that is less than deciding without the score,
    which costs min(t, 1). The bounds are the ends of the supported stretch around or nearest to LR 1 on each
    side, and 0 where nothing is supported there. About log(n) for n items a class that never mislead.
    """
    truth, values = check_labels(labels, log_ratios)
    grid = np.linspace(-FURTHEST_LOGIT, FURTHEST_LOGIT, 2761)
    for_fake, for_real = np.sort(values[truth]), np.sort(values[~truth])
    misses = (np.searchsorted(for_fake, grid, side="left") + 1.0) / (len(for_fake) + 1.0)
    alarms = (len(for_real) - np.searchsorted(for_real, grid, side="left") + 1.0) / (len(for_real) + 1.0)
    t = np.exp(grid)
    supported = grid[t * alarms + misses < np.minimum(t, 1.0)]
    return float(min(supported.min(initial=0.0), 0.0)), float(max(supported.max(initial=0.0), 0.0))


def log_ratio_cost(labels: ArrayLike, log_ratios: ArrayLike) -> float:
    """Cllr (Brümmer & du Preez 2006) in bits: 0 perfect, 1 for LR 1 throughout, above 1 worse than saying nothing."""
    truth, values = check_labels(labels, log_ratios)
    fakes, reals = np.logaddexp(0.0, -values[truth]), np.logaddexp(0.0, values[~truth])
    return float((fakes.mean() + reals.mean()) / (2.0 * np.log(2.0)))


def least_log_ratio_cost(labels: ArrayLike, scores: ArrayLike) -> float:
    """Cllr of the best monotone calibration of these scores (pool adjacent violators): what ranking alone allows."""
    truth, values = check_labels(labels, scores)
    _, block = np.unique(values, return_inverse=True)
    fakes = np.bincount(block, weights=truth / truth.sum())
    reals = np.bincount(block, weights=~truth / (~truth).sum())
    pooled: list[tuple[float, float]] = []
    for pair in zip(fakes.tolist(), reals.tolist(), strict=True):
        pooled.append(pair)
        while len(pooled) > 1 and pooled[-2][0] * pooled[-1][1] >= pooled[-1][0] * pooled[-2][1]:
            last, before = pooled.pop(), pooled.pop()
            pooled.append((before[0] + last[0], before[1] + last[1]))
    cost = sum(f * np.log1p(r / f) if f else 0.0 for f, r in pooled)
    cost += sum(r * np.log1p(f / r) if r else 0.0 for f, r in pooled)
    return float(cost / (2.0 * np.log(2.0)))


def cross_fit(labels: ArrayLike, scores: ArrayLike, groups: Sequence[str]) -> Floats | None:
    """Log LRs (n,) of each item by a calibration that has seen nothing of its group, in five folds.

    Groups go, in order of first appearance, to the fold that holds fewest items of their label. None where some
    fold would leave a class without items to learn from.
    """
    truth, values = check_labels(labels, scores)
    fold = deal_folds(truth, groups)
    found = np.zeros(len(truth))
    for number in range(FOLDS):
        own = fold == number
        if truth[~own].all() or not truth[~own].any():
            return None
        if own.any():
            found[own] = fit_calibration(truth[~own], values[~own]).log_ratios(values[own])
    return found


def deal_folds(truth: Bools, groups: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The fold of each item (n,), 0 to FOLDS - 1; whole groups, each to the fold with fewest items of its label."""
    fold = np.zeros(len(truth), np.int64)
    held = np.zeros((FOLDS, 2))
    for members in group_indices(groups):
        counts = np.array([(~truth[members]).sum(), truth[members].sum()], np.float64)
        lead = int(counts.argmax())
        chosen = int(np.lexsort((held.sum(axis=1), held[:, lead]))[0])
        fold[members] = chosen
        held[chosen] += counts
    return fold
