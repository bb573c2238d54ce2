"""How often each annotator is right, with a credible interval: judged by the others' answer, and by gold.

The answer on an item is taken without the annotator's own vote, and is itself uncertain: a vote on an item that
nobody can tell says little about whoever cast it, and the interval shows that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.gold_anchored import CAP_PER_GOLD, CONSENSUS_CAP
from clipjury_ml.consensus.passes import agreement_pass
from clipjury_ml.consensus.sorting import Codes, Offsets, sort_by_pair
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

GRID: Floats = np.linspace(0.005, 0.995, 100)
PRIOR_ROUNDS = 20
PRIOR_STRENGTH = (2.0, 20.0)  # pseudo-answers that the crowd's average is worth, at least and at most
START_MEAN, START_STRENGTH = 0.6, 4.0
LEVEL = 0.95


@dataclass(frozen=True)
class Skills:
    """skill: posterior mean of P(right); low, high: its central 95 %; weight: log-odds that one vote carries.

    n_votes: votes for classes. prior: the mean and the strength (pseudo-answers) of the crowd's
    Beta.
    """

    skill: Floats
    low: Floats
    high: Floats
    weight: Floats
    n_votes: Offsets
    prior: tuple[float, float]


def rate_annotators(votes: Votes, fixed: Codes, peers: TableModel) -> Skills:
    """Skills from the heard votes, gold (class codes, -1 elsewhere) and a model fitted without gold.

    Where there is gold, agreement with the others adds at most 4 + 2 n answers to n gold answers: a crowd that
    shares its misses agrees with itself, whatever it is worth.
    """
    heard, at = votes.heard
    n, k = len(votes.annotators), votes.n_classes
    known = fixed[at][heard.item]
    right = heard.response == known
    table = peers.tables_.table.reshape(-1, k)
    agreed = agreement_pass(
        heard.start, heard.cell, heard.response, table, peers.tables_.log_prior, heard.weight
    )
    order = sort_by_pair(heard.annotator, n, heard.item, max(heard.n_items, 1))
    weight = heard.weight[order] if heard.weight.size else np.ones(order.size)
    on_gold = known[order] >= 0
    agreed = np.where(on_gold, right[order], agreed[order])
    likelihood = _likelihood(heard.annotator[order], agreed, np.where(on_gold, 0.0, weight), n, k, GRID)
    if on_gold.any():
        n_gold = np.bincount(heard.annotator[order][on_gold], weights=weight[on_gold], minlength=n)
        n_other = np.bincount(heard.annotator[order][~on_gold], weights=weight[~on_gold], minlength=n)
        likelihood *= np.minimum(1.0, (CONSENSUS_CAP + CAP_PER_GOLD * n_gold) / np.maximum(n_other, 1e-12))[
            :, None
        ]
        likelihood += _likelihood(heard.annotator[order], agreed, np.where(on_gold, weight, 0.0), n, k, GRID)
    prior = _pool(likelihood)
    mean, low, high = _summarise(likelihood, prior)
    cast = np.bincount(heard.annotator, minlength=n)
    return Skills(mean, low, high, np.log(mean * max(1, k - 1) / (1.0 - mean)), cast, prior)


@compiled
def _likelihood(who: Codes, agreed: Floats, weight: Floats, n: int, k: int, grid: Floats) -> Floats:
    """Log-likelihood of each annotator on the grid of P(right)."""
    out = np.zeros((n, grid.size))
    product = np.ones(grid.size)
    held = 0
    for v in range(who.size):
        q = agreed[v]
        rest = (1.0 - q) / max(1, k - 1)
        plain = weight[v] == 1.0
        if weight[v] == 0.0:
            q, plain, rest = 1.0, True, 1.0
        for g in range(grid.size):
            p = grid[g] * q + (1.0 - grid[g]) * rest
            product[g] *= p if plain else p ** weight[v]
        held += 1
        if held == 16 or v + 1 == who.size or who[v + 1] != who[v]:
            for g in range(grid.size):
                out[who[v], g] += np.log(max(product[g], 1e-300))
                product[g] = 1.0
            held = 0
    return out


def _log_beta(mean: float, strength: float) -> Floats:
    a, b = mean * strength, (1.0 - mean) * strength
    return np.asarray((a - 1.0) * np.log(GRID) + (b - 1.0) * np.log1p(-GRID) - betaln(a, b))


def _posterior(likelihood: Floats, prior: tuple[float, float]) -> Floats:
    logs = likelihood + _log_beta(*prior)
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _pool(likelihood: Floats) -> tuple[float, float]:
    """The crowd's Beta, by matching its mean and spread to those of the annotators' posteriors in turns."""
    mean, strength = START_MEAN, START_STRENGTH
    heard = np.ptp(likelihood, axis=1) > 0
    if heard.sum() < 2:
        return mean, strength
    for _ in range(PRIOR_ROUNDS):
        p = _posterior(likelihood[heard], (mean, strength))
        means = p @ GRID
        spread = means.var() + float((p @ GRID**2 - means**2).mean())
        mean = float(np.clip(means.mean(), 0.02, 0.98))
        strength = float(np.clip(mean * (1.0 - mean) / max(spread, 1e-9) - 1.0, *PRIOR_STRENGTH))
    return mean, strength


def _summarise(likelihood: Floats, prior: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    p = _posterior(likelihood, prior)
    cumulative = p.cumsum(axis=1)
    tail = (1.0 - LEVEL) / 2.0
    edges = np.linspace(0.0, 1.0, GRID.size + 1)

    def quantile(level: float) -> Floats:
        at = (cumulative < level).sum(axis=1).clip(0, GRID.size - 1)
        rows = np.arange(p.shape[0])
        below = cumulative[rows, at] - p[rows, at]
        return np.asarray(edges[at] + (level - below) / np.maximum(p[rows, at], 1e-300) / GRID.size)

    return p @ GRID, quantile(tail).clip(0, 1), quantile(1.0 - tail).clip(0, 1)
