"""Dawid and Skene's model (1979): one confusion for each annotator, by maximum likelihood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.em import Maximiser, Tables
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]


class _MaximumLikelihood:
    """Rates are counts; a trace of smoothing keeps logarithms finite."""

    TRACE = 1e-2

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        seen = counts + self.TRACE
        table = np.log(seen / seen.sum(axis=1, keepdims=True))
        log_prior = np.log((mass + self.TRACE) / (mass.sum() + self.TRACE * mass.size))
        return Tables(log_prior, table, self.TRACE * float(table.sum() + log_prior.sum()))


class DawidSkene(TableModel):
    """Maximum likelihood by EM."""

    name = "dawid-skene"

    def maximiser(self, votes: Votes) -> Maximiser:
        """Counts into rates."""
        return _MaximumLikelihood()
