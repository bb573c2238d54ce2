"""How sure a crowd's answers may be, from how its votes spread over the items.

Votes that share their misses and votes of able people look alike on one item, not over all of them: able people
leave items on which most say one class and items on which most say another, a shared ease smears the shares in
between. In the model here an item of class k draws how people answer it from a Dirichlet about row k of the crowd's
confusion (for two classes a beta-binomial; Skellam 1948, Minka 2000); its concentration is 1/c - 1, c the correlation
of two votes on one item. What people are worth and c are averaged over by marginal likelihood, not chosen: where
the votes cannot tell them apart, the doubt stays in the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit, logsumexp

from clipjury_ml.consensus.confidence import mark_votes
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.tempering import RHO, softmax
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

GRID = 15  # values of the skill, and of the correlation
MOST_ITEMS = 500  # evenly spaced ones stand for the rest: two numbers are learnt, and only a mean is read
CLIMB = 60  # halvings of an interval
NARROWEST = 1e-6  # of a Dirichlet's parameters
LEAST_FACTOR = 1e-9  # on log-odds: takes the surest answer that a float holds to within a millionth of even


@dataclass(frozen=True, slots=True)
class Expected:
    """certainty: mean P(the likeliest class) that its votes bear out; skill: P(right) of a typical vote,
    mean of the classes; correlation: of two votes on one item, given its class. Posterior means."""

    certainty: float
    skill: float
    correlation: float


def expect_certainty(votes: Votes, peers: PooledDawidSkene, posteriors: Floats, rho: float = RHO) -> Expected:
    """What to expect of a crowd, from votes for classes, each item with one at least, and a model fitted on them.

    posteriors: the model's, of these items (items x classes).

    The skill is as likely to be anything between chance and 1, the correlation a Beta(1, 1/rho - 1): its mean is
    what is assumed elsewhere.
    """
    counts = _count_by_worth(votes, peers)
    if len(counts) > MOST_ITEMS:
        some = np.linspace(0, len(counts) - 1, MOST_ITEMS).astype(np.int64)
        counts, posteriors = counts[some], posteriors[some]
    k = votes.n_classes
    skills = 1.0 / k + (1.0 - 1.0 / k) * _midpoints()
    correlations = _midpoints()
    shares = counts.sum(axis=0) + 1.0
    log_prior = np.log(shares / shares.sum())
    log_belief = (1.0 / rho - 2.0) * np.log1p(-correlations)
    rows = _move_diagonal(posteriors.T @ counts + np.eye(k) + 1.0, skills)
    answers, weight = [], np.empty((GRID, GRID))
    for s, confusion in enumerate(rows):
        joint = _log_likelihood(counts, confusion, correlations) + log_prior
        total = logsumexp(joint, axis=2, keepdims=True)
        answers.append(np.exp(joint - total))
        weight[s] = total.sum(axis=(0, 2)) + log_belief
    weight = softmax(weight.ravel()).reshape(GRID, GRID)
    answer = np.einsum("sc,sick->ik", weight, np.stack(answers))
    return Expected(
        float(answer.max(axis=1).mean()),
        float(weight.sum(axis=1) @ skills),
        float(weight.sum(axis=0) @ correlations),
    )


def factor_towards(posteriors: Floats, certainty: float) -> float:
    """What the log-odds have to be multiplied by, 1 at most, for posteriors to be so certain on average.

    Surer than the models are the answers are never made: that votes lie in two heaps does not prove that the heaps
    are the classes.
    """
    logs = np.log(np.maximum(posteriors, np.finfo(float).tiny))
    if _mean_certainty(logs, 1.0) <= certainty:
        return 1.0
    low, high = LEAST_FACTOR, 1.0
    for _ in range(CLIMB):
        middle = np.sqrt(low * high)
        if _mean_certainty(logs, middle) > certainty:
            high = middle
        else:
            low = middle
    return float(low)


def _mean_certainty(logs: Floats, factor: float) -> float:
    return float(softmax(logs * factor).max(axis=1).mean())


def _count_by_worth(votes: Votes, peers: PooledDawidSkene) -> Floats:
    """Votes on each item for each class (items x classes), each by what it carries; an item's sum to Kish's number.

    A vote carries its annotator's log-odds of being right, and what the stated confidence adds to them.
    """
    worth = peers.weights_[votes.annotator]
    marks = mark_votes(votes)
    if marks.codes.size and len(peers.marks_table_) == marks.n_codes:
        k = votes.n_classes
        said = peers.marks_table_[marks.codes]
        own = said[np.arange(len(said)), votes.response]
        worth = worth + own - (said.sum(axis=1) - own) / max(1, k - 1)
    worth = np.maximum(worth, 0.0) * (votes.weight if votes.weight.size else 1.0)
    counts = np.zeros((votes.n_items, votes.n_classes))
    np.add.at(counts, (votes.item, votes.response), worth)
    total = counts.sum(axis=1)
    squares = np.bincount(votes.item, weights=worth * worth, minlength=votes.n_items)
    return np.asarray(
        counts * np.divide(total, squares, out=np.zeros_like(total), where=squares > 0)[:, None]
    )


def _midpoints() -> Floats:
    return (np.arange(GRID) + 0.5) / GRID


def _move_diagonal(counts: Floats, means: Floats) -> Floats:
    """The confusion of counts (classes x responses) with the log-odds of its diagonal moved alike to each mean.

    So what the crowd leans to stays, and what it mixes up.
    """
    confusion = counts / counts.sum(axis=1, keepdims=True)
    own = np.arange(len(confusion))
    start = logit(confusion[own, own])
    moved = np.empty((means.size, *confusion.shape))
    for row, mean in zip(moved, means, strict=True):
        low, high = -40.0, 40.0
        for _ in range(CLIMB):
            middle = (low + high) / 2.0
            low, high = (middle, high) if expit(start + middle).mean() < mean else (low, middle)
        right = expit(start + low)
        row[:] = confusion * ((1.0 - right) / (1.0 - confusion[own, own]))[:, None]
        row[own, own] = right
    return moved


def _log_likelihood(counts: Floats, confusion: Floats, correlations: Floats) -> Floats:
    """log P(counts | class, correlation) but for what no class changes: items x correlations x classes."""
    strength = 1.0 / correlations - 1.0
    parameters = np.maximum(
        strength[:, None, None] * confusion.T, NARROWEST
    )  # correlations x responses x classes
    item, response = np.nonzero(counts)
    drawn = parameters.swapaxes(0, 1)[response]  # votes that are there x correlations x classes
    parts = gammaln(counts[item, response][:, None, None] + drawn) - gammaln(drawn)
    sums = np.zeros((len(counts), correlations.size, len(confusion)))
    np.add.at(sums, item, parts)
    n = counts.sum(axis=1)[:, None]
    return np.asarray(sums - (gammaln(n + strength) - gammaln(strength))[:, :, None])
