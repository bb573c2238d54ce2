"""Gold-anchored trust: what an annotator is worth by gold, and by others' votes only up to a cap.

A ring that lies in unison convinces a model that learns from agreement alone. Here consensus adds at most
4 + 2 n answers to n gold answers, and an account without gold is believed up to .65.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.counting import count_heads, weigh_annotators
from clipjury_ml.consensus.passes import count_pass, many_pass, others_pass
from clipjury_ml.consensus.recoding import with_stranger
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import RHO, temper
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

ROUNDS = 5  # of trust and posterior in turn; the cap keeps them from running away
RIGHT, ANSWERS = 1.2, 2.0  # t = (1.2 + h) / (2 + n): .6 before anything is known
CLASS_ANSWERS = 4.0  # pseudo-answers at t in each truth class
CONSENSUS_CAP, CAP_PER_GOLD = 4.0, 2.0
UNKNOWN_LIMIT = 0.65  # how far an account without gold is believed
RATE_LIMIT = 0.98  # nobody is without fault


class GoldAnchored(VoteModel):
    """Model B. Fitted besides: trust_ (annotators), rates_ (annotators x classes, of right answers),
    gold_answers_ (annotators)."""

    name = "gold-anchored"

    def __init__(self, rho: float = RHO) -> None:
        super().__init__()
        self.rho = rho

    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """Gold answers, then consensus evidence in turns; an annotator's own vote never judges the annotator."""
        gold = self._count_gold(votes, fixed)
        self.gold_answers_ = gold.sum(axis=(1, 2))
        counts = np.zeros_like(gold)
        free = (fixed < 0).astype(np.int32)
        table = self._table(gold, counts)
        for _ in range(ROUNDS):
            flat = table.reshape(-1, votes.n_classes)
            others_pass(
                votes.start, votes.cell, flat, votes.weight, self.rho, free, counts.reshape(flat.shape)
            )
            table = self._table(gold, counts)
        self.n_iterations_ = ROUNDS
        return pin_gold(self._answer(votes, table, self.rates_), fixed)

    def predict_heard(self, votes: Votes) -> Floats:
        """By the fitted trust; one that is not known is an account without any answer."""
        nothing = np.zeros((1, votes.n_classes, votes.n_classes))
        _, rates = _rate(nothing, nothing)
        every = with_stranger(self.rates_, rates[0])
        return self._answer(votes, _log_table(every, votes.n_responses), every)

    def _answer(self, votes: Votes, table: Floats, rates: Floats) -> Floats:
        return temper(self._posteriors(votes, table), count_heads(votes, weigh_annotators(rates)), self.rho)

    def _count_gold(self, votes: Votes, fixed: Codes) -> Floats:
        known = pin_gold(np.zeros((votes.n_items, votes.n_classes)), fixed)
        counts = np.zeros((len(votes.annotators), votes.n_responses, votes.n_classes))
        count_pass(votes.start, votes.cell, votes.weight, known, counts.reshape(-1, votes.n_classes))
        return counts

    def _table(self, gold: Floats, counts: Floats) -> Floats:
        """log P(response | class) of the trust that gold and capped consensus evidence give."""
        self.trust_, self.rates_ = _rate(gold, counts)
        return _log_table(self.rates_, gold.shape[1])

    def _posteriors(self, votes: Votes, table: Floats) -> Floats:
        k = votes.n_classes
        q, flat = np.empty((votes.n_items, k)), table.reshape(-1, k)
        nobody = np.empty(0, np.int32)
        many_pass(
            votes.start, votes.cell, flat, nobody, np.zeros((1, k)), votes.weight, np.zeros(k),
            np.full(votes.n_items, -1, np.int32), q, np.empty_like(flat), np.zeros((1, k)),
        )  # fmt: skip
        return q


def _rate(gold: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Trust (annotators) and rates (annotators x classes) from gold answers and the consensus' counts."""
    k = gold.shape[2]
    own = np.arange(k)
    n_gold, m = gold.sum(axis=(1, 2)), counts.sum(axis=(1, 2))
    kappa = np.minimum(1.0, (CONSENSUS_CAP + CAP_PER_GOLD * n_gold) / np.maximum(m, 1e-12))
    evidence = gold + kappa[:, None, None] * counts
    right = evidence[:, own, own]
    trust = (RIGHT + right.sum(axis=1)) / (ANSWERS + evidence.sum(axis=(1, 2)))
    rates = (right + CLASS_ANSWERS * trust[:, None]) / (evidence.sum(axis=1) + CLASS_ANSWERS)
    limit = np.where(n_gold > 0, RATE_LIMIT, UNKNOWN_LIMIT)[:, None]
    return trust, np.clip(rates, (1.0 - limit) / max(1, k - 1), limit)


def _log_table(rates: Floats, n_responses: int) -> Floats:
    k = rates.shape[1]
    own = np.arange(k)
    table = np.repeat(np.log((1.0 - rates) / max(1, k - 1))[:, None, :], n_responses, axis=1)
    table[:, own, own] = np.log(rates)
    return table
