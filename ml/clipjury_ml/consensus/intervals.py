"""How far an answer may be off because reliabilities are only known so well: the delta method on the log-odds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, zeta

from clipjury_ml.consensus.counting import count_heads
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.tempering import RHO
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

Z_95 = 1.959963984540054
LIMIT = 1e-12
COMMON = 0.1  # correlation of what is wrong about two annotators: both are judged by the same answers


def posterior_intervals(
    votes: Votes, posteriors: Floats, peers: PooledDawidSkene, rho: float = RHO
) -> tuple[Floats, Floats]:
    """Ends of the 95 % interval of each posterior, items x classes; a certain one (gold) has none.

    What is uncertain is each annotator's rates, as far as the annotator's own votes tell them, each worth what
    its item's answer is known. Each vote adds the variance of its log-rates, tempered like the answer itself.
    Not that the model is wrong, nor what a detector is worth.
    """
    heard, at = votes.heard
    spread = np.zeros((votes.n_items, votes.n_classes))
    if heard.item.size:
        spread[at] = _log_odds_spread(heard, posteriors[at], peers, rho)
    safe = np.clip(posteriors, LIMIT, 1.0 - LIMIT)
    log_odds = np.log(safe) - np.log1p(-safe)
    certain = (posteriors <= 0.0) | (posteriors >= 1.0)
    low = np.where(certain, posteriors, expit(log_odds - Z_95 * spread))
    high = np.where(certain, posteriors, expit(log_odds + Z_95 * spread))
    return np.minimum(low, posteriors), np.maximum(high, posteriors)


def _log_odds_spread(votes: Votes, posteriors: Floats, peers: PooledDawidSkene, rho: float) -> Floats:
    k = votes.n_classes
    known = ((peers.posteriors_**2).sum(axis=1) * k - 1.0) / (k - 1.0)  # 1 certain, 0 even
    n = len(votes.annotators)
    cast = np.maximum(np.bincount(votes.annotator, minlength=n), 1)
    worth = np.bincount(votes.annotator, weights=known[votes.item], minlength=n) / cast
    # Flat priors: under pooled ones nobody would be less known than the crowd, whose rates are estimates too.
    parameters = peers.counts_ * worth[:, None, None] + 1.0
    # Var(log rate) of a Dirichlet: trigamma of the response's parameter less trigamma of their sum.
    variance = zeta(2, parameters) - zeta(2, parameters.sum(axis=1, keepdims=True))
    each = np.sqrt(np.maximum(variance, 0.0)).reshape(-1, k)[votes.cell]
    if votes.weight.size:
        each = each * votes.weight[:, None]

    def add(values: Floats) -> Floats:
        sums = [np.bincount(votes.item, weights=values[:, c], minlength=votes.n_items) for c in range(k)]
        return np.stack(sums, axis=1)

    total = COMMON * add(each) ** 2 + (1.0 - COMMON) * add(each**2)
    # Log-odds of a class against the others: their log-rates weighted by how likely each is among them.
    others = np.maximum(1.0 - posteriors, LIMIT)
    rest = np.zeros_like(total)
    for c in range(k):
        share = posteriors / others[:, c : c + 1]
        share[:, c] = 0.0
        rest[:, c] = (share**2 * total).sum(axis=1)
    heads = count_heads(votes, peers.weights_)
    return np.asarray(np.sqrt(total + rest) / (1.0 + rho * np.maximum(heads - 1.0, 0.0))[:, None])
