"""Dawid and Skene's model with priors pooled over the annotators: few votes are judged by the average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from clipjury_ml.consensus.em import Maximiser, Tables
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.variational import divergence, mean_log_rates
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

FIXED_POINT_STEPS = 2  # each one raises the marginal likelihood; the next iteration of EM goes on from there
SUM_LIMITS = (1.0, 1e3)
SHARE_FLOOR = 1e-3


class _PooledMeanField:
    """Rates of class k ~ Dirichlet(a_k), a_k by marginal likelihood of the expected counts (Minka 2000)."""

    def __init__(self, n_responses: int, n_classes: int) -> None:
        self.prior = np.full((n_responses, n_classes), 0.5)
        self.prior[np.arange(n_classes), np.arange(n_classes)] = 1.5

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        for _ in range(FIXED_POINT_STEPS):
            self._climb(counts)
        prior = np.broadcast_to(self.prior, counts.shape)
        table = mean_log_rates(counts + prior)
        shares = (mass + 1.0)[None, :]
        log_prior = mean_log_rates(shares)
        lost = divergence(counts + prior, prior, table)
        lost += divergence(shares, np.ones_like(shares), log_prior)
        return Tables(log_prior[0], table, -lost)

    def _climb(self, counts: Floats) -> None:
        total, sums = self.prior.sum(axis=0), counts.sum(axis=1)
        gain = (digamma(counts + self.prior) - digamma(self.prior)).sum(axis=0)
        loss = (digamma(sums + total) - digamma(total)).sum(axis=0)
        moved = self.prior * gain / np.maximum(loss, 1e-12)
        size = np.clip(moved.sum(axis=0), *SUM_LIMITS)
        moved = np.where(moved.sum(axis=0) > 0, moved, self.prior)  # a class without a single vote
        self.prior = np.maximum(moved / moved.sum(axis=0) * size, SHARE_FLOOR)


class PooledDawidSkene(TableModel):
    """Mean field under priors shared by all annotators and estimated from the same votes."""

    name = "dawid-skene-pooled"

    def maximiser(self, votes: Votes) -> Maximiser:
        """Expected logarithms of the rates, under the pooled priors as they stand."""
        self.pooled_ = _PooledMeanField(votes.n_responses, votes.n_classes)
        return self.pooled_
