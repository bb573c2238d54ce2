"""One number for each annotator: how often right, whatever the class; wrong answers are spread evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.em import Maximiser, Tables
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

RIGHT, WRONG = 2.4, 1.6  # four pseudo-answers at the .6 of an annotator who is not known yet
CLASS_PSEUDO_ITEMS = 1.0


class _OneCoin:
    def __init__(self, n_responses: int) -> None:
        self.n_responses = n_responses

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        k = mass.size
        right = np.trace(counts[:, :k, :], axis1=1, axis2=2) + RIGHT
        wrong = counts[:, :k, :].sum(axis=(1, 2)) - right + RIGHT + WRONG
        rate = right / (right + wrong)
        table = np.zeros((counts.shape[0], self.n_responses, k))
        table[:, :k, :] = np.log((1.0 - rate) / max(1, k - 1))[:, None, None]
        table[:, np.arange(k), np.arange(k)] = np.log(rate)[:, None]
        shares = (mass + CLASS_PSEUDO_ITEMS) / (mass.sum() + CLASS_PSEUDO_ITEMS * k)
        penalty = RIGHT * np.log(rate).sum() + WRONG * np.log1p(-rate).sum()
        penalty += CLASS_PSEUDO_ITEMS * np.log(shares).sum()
        return Tables(np.log(shares), table, float(penalty))


class OneCoin(TableModel):
    """Maximum a posteriori by EM; an abstention says nothing."""

    name = "one-coin"

    def maximiser(self, votes: Votes) -> Maximiser:
        """Shares of right answers into rates."""
        return _OneCoin(votes.n_responses)
