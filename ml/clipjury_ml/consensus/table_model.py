"""Vote models that are a table P(response | class, annotator), fitted by expectation-maximisation."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.confidence import NO_MARKS, mark_like, mark_votes
from clipjury_ml.consensus.counting import weigh_annotators
from clipjury_ml.consensus.em import (
    MAX_ITERATIONS,
    TOLERANCE,
    Fit,
    Maximiser,
    Tables,
    maximise_expectation,
    posteriors_under,
)
from clipjury_ml.consensus.recoding import with_stranger
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.vote_model import VoteModel
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]


class TableModel(VoteModel):
    """What differs from one such model to the next is the M-step.

    use_confidence: read stated confidence, where there is any, as ordered levels. start_: posteriors of the
    heard items to begin with, for a warm start. Fitted besides: confusions_ (annotators x classes x responses),
    counts_ (expected votes, annotators x responses x classes), tables_, weights_ (annotators), stranger_
    (responses x classes, log-rates of an annotator that is not among the fitted).
    """

    def __init__(
        self, max_iterations: int = MAX_ITERATIONS, tolerance: float = TOLERANCE, use_confidence: bool = False
    ) -> None:
        super().__init__()
        self.max_iterations, self.tolerance, self.use_confidence = max_iterations, tolerance, use_confidence
        self.start_: Floats | None = None

    @abstractmethod
    def maximiser(self, votes: Votes) -> Maximiser:
        """The M-step for these votes."""

    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """EM from the vote shares, gold held at its class."""
        marks = mark_votes(votes) if self.use_confidence else NO_MARKS
        self._marked = votes if marks.codes.size else None
        maximiser = self.maximiser(votes)
        fit = maximise_expectation(
            votes, fixed, maximiser, marks=marks, start=self.start_,
            max_iterations=self.max_iterations, tolerance=self.tolerance,
        )  # fmt: skip
        self.counts_, self.tables_, self.marks_table_ = fit.counts, fit.tables, fit.marks_table
        rates = np.exp(fit.tables.table)
        self.confusions_ = np.swapaxes(rates / rates.sum(axis=1, keepdims=True), 1, 2)
        self.objective_, self.converged_ = fit.objective, fit.converged
        self.n_iterations_ = len(fit.objective)
        self.weights_ = weigh_annotators(np.diagonal(self.confusions_, axis1=1, axis2=2))
        prior = np.exp(fit.tables.log_prior)
        self.class_shares_ = prior / prior.sum()
        self.parameters_ = {"class_shares": self.class_shares_.tolist()}
        self.stranger_ = self.rate_stranger(maximiser, fit)
        return fit.posteriors

    def rate_stranger(self, maximiser: Maximiser, fit: Fit) -> Floats:
        """Log-rates (responses x classes) of one that is not known: whose votes are the average of everybody's."""
        anybody = fit.counts.sum(axis=0) / max(1, len(fit.counts))
        return np.asarray(maximiser.maximise(anybody[None], anybody.sum(axis=0)).table[0])

    def weigh_with_stranger(self) -> Floats:
        """weights_, and behind them what a vote of one that is not known carries."""
        rates = np.exp(self.stranger_)
        right = np.diagonal(rates / rates.sum(axis=0))
        return np.append(self.weights_, weigh_annotators(right[None]))

    def predict_heard(self, votes: Votes) -> Floats:
        """One pass under the fitted tables."""
        marks = NO_MARKS
        if self._marked is not None and votes.confidence.size:
            marks = mark_like(self._marked, votes)
        tables = Tables(self.tables_.log_prior, with_stranger(self.tables_.table, self.stranger_), 0.0)
        unknown = np.full(votes.n_items, -1, np.int32)
        return posteriors_under(
            votes, unknown, tables, marks, self.marks_table_ if marks.codes.size else None
        )
