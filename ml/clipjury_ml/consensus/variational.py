"""Dawid and Skene's model with Dirichlet priors, fitted by mean field (Kim and Ghahramani 2012: BCC)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from clipjury_ml.consensus.em import Maximiser, Tables
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]


def mean_log_rates(parameters: Floats) -> Floats:
    """E[log rate] of Dirichlet distributions whose parameters lie along axis 1."""
    return np.asarray(digamma(parameters) - digamma(parameters.sum(axis=1, keepdims=True)))


def divergence(parameters: Floats, prior: Floats, mean_log: Floats) -> float:
    """The sum over all Dirichlets along axis 1 of KL(posterior || prior)."""
    log_norms = gammaln(parameters.sum(axis=1)).sum() - gammaln(parameters).sum()
    prior_norms = gammaln(prior.sum(axis=1)).sum() - gammaln(prior).sum()
    return float(log_norms - prior_norms + ((parameters - prior) * mean_log).sum())


class _MeanField:
    """Flat Dirichlet priors: one pseudo-vote for each response, one pseudo-item for each class."""

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        prior = np.ones_like(counts)
        table = mean_log_rates(counts + prior)
        shares = (mass + 1.0)[None, :]
        log_prior = mean_log_rates(shares)
        lost = divergence(counts + prior, prior, table)
        lost += divergence(shares, np.ones_like(shares), log_prior)
        return Tables(log_prior[0], table, -lost)


class VariationalDawidSkene(TableModel):
    """Mean field under flat priors."""

    name = "dawid-skene-variational"

    def maximiser(self, votes: Votes) -> Maximiser:
        """Expected logarithms of the rates."""
        return _MeanField()
