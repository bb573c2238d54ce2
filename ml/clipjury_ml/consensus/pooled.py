"""Dawid and Skene's model with priors pooled over the annotators: few votes are judged by the average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, zeta

from clipjury_ml.consensus.em import Fit, Maximiser, Tables
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.variational import divergence, mean_log_rates
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

PARAMETER_LIMITS = (1e-2, 1e3)
CLIMBING_STEPS = 2  # for each class at each iteration of EM, which goes on from there
LARGEST_STEP = 2.0  # of a parameter's logarithm


def log_marginal(counts: Floats, parameters: Floats) -> float:
    """Log marginal likelihood of counts (annotators x responses) under one Dirichlet."""
    total, sums = parameters.sum(), counts.sum(axis=1)
    value = (gammaln(counts + parameters) - gammaln(parameters)).sum()
    return float(value + (gammaln(total) - gammaln(sums + total)).sum())


def climb(counts: Floats, parameters: Floats) -> Floats:
    """Parameters of a likelier Dirichlet by Newton's method on their logarithms; never less likely ones."""
    low, high = np.log(PARAMETER_LIMITS)
    sums = counts.sum(axis=1)
    best = log_marginal(counts, parameters)
    for _ in range(CLIMBING_STEPS):
        total = parameters.sum()
        slope = (digamma(counts + parameters) - digamma(parameters)).sum(axis=0)
        slope = (slope + (digamma(total) - digamma(sums + total)).sum()) * parameters
        bend = np.full((parameters.size, parameters.size), (zeta(2, total) - zeta(2, sums + total)).sum())
        bend[np.diag_indices_from(bend)] += (zeta(2, counts + parameters) - zeta(2, parameters)).sum(axis=0)
        bend = bend * np.outer(parameters, parameters) + np.diag(slope)
        values, vectors = np.linalg.eigh(bend)
        step = vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), 1e-9))
        step = np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        for scale in (1.0, 0.3, 0.1):
            tried = np.exp(np.clip(np.log(parameters) + scale * step, low, high))
            value = log_marginal(counts, tried)
            if value > best:
                parameters, best = tried, value
                break
        else:
            break
    return parameters


class _PooledMeanField:
    """Rates of class k ~ Dirichlet(a_k), a_k by marginal likelihood of the expected counts."""

    def __init__(self, n_responses: int, n_classes: int) -> None:
        self.prior = np.full((n_responses, n_classes), 0.5)
        self.prior[np.arange(n_classes), np.arange(n_classes)] = 1.5

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        self.prior = np.stack([climb(counts[:, :, k], self.prior[:, k]) for k in range(mass.size)], axis=1)
        prior = np.broadcast_to(self.prior, counts.shape)
        table = mean_log_rates(counts + prior)
        shares = (mass + 1.0)[None, :]
        log_prior = mean_log_rates(shares)
        lost = divergence(counts + prior, prior, table)
        lost += divergence(shares, np.ones_like(shares), log_prior)
        return Tables(log_prior[0], table, -lost)


class PooledDawidSkene(TableModel):
    """Mean field under priors shared by all annotators and estimated from the same votes."""

    name = "dawid-skene-pooled"

    def maximiser(self, votes: Votes) -> Maximiser:
        """Expected logarithms of the rates, under the pooled priors as they stand."""
        self.pooled_ = _PooledMeanField(votes.n_responses, votes.n_classes)
        return self.pooled_

    def rate_stranger(self, maximiser: Maximiser, fit: Fit) -> Floats:
        """The mean of the pooled prior: what one vote says when the rates behind it are averaged over."""
        return np.asarray(np.log(self.pooled_.prior / self.pooled_.prior.sum(axis=0)))
