"""What every vote model answers to: the same verbs, the same fitted attributes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.recoding import recode_votes
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]


def pin_gold(posteriors: Floats, fixed: Codes) -> Floats:
    """The same with gold items at their class (fixed: class codes, -1 elsewhere); a copy where there is any."""
    rows = np.flatnonzero(fixed >= 0)
    if not rows.size:
        return posteriors
    pinned = posteriors.copy()
    pinned[rows] = 0.0
    pinned[rows, fixed[rows]] = 1.0
    return pinned


class VoteModel(ABC):
    """An estimator of the classes of items from votes, and gold where it takes any.

    To a single model an abstention says nothing: it reads the votes for classes only, of the items that have any;
    the others get class_shares_. Fitted: posteriors_ (items x classes, rows sum to 1), class_shares_,
    classes_, annotators_, n_iterations_, converged_, objective_ (one entry an iteration, never falling; empty
    where there is nothing to climb), parameters_.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.posteriors_: Floats = np.empty((0, 0))
        self.class_shares_: Floats = np.empty(0)
        self.classes_: list[str] = []
        self.annotators_: list[str] = []
        self.n_iterations_ = 0
        self.converged_ = True
        self.objective_: list[float] = []
        self.parameters_: dict[str, Any] = {}

    def fit(self, votes: Votes, gold: Mapping[str, str] | None = None) -> Self:
        """Fit. gold: item → class. Raises KeyError for gold that names an item or a class not in votes."""
        return self.fit_codes(votes, votes.gold_codes(gold or {}))

    def fit_codes(self, votes: Votes, fixed: Codes) -> Self:
        """Fit, with gold as the class code of each item, -1 where unknown."""
        heard, at = votes.heard
        self.classes_, self.annotators_ = votes.classes, votes.annotators
        self.class_shares_ = np.full(votes.n_classes, 1.0 / votes.n_classes)
        self.posteriors_ = self.fit_heard(heard, fixed[at])
        if at.size < votes.n_items:
            everywhere = np.tile(self.class_shares_, (votes.n_items, 1))
            everywhere[at] = self.posteriors_
            self.posteriors_ = pin_gold(everywhere, fixed)
        return self

    @abstractmethod
    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """Fit on votes for classes only, each item with at least one; the posteriors of these items."""

    @abstractmethod
    def predict_heard(self, votes: Votes) -> Floats:
        """The posteriors of other items, under what was learnt; votes for classes only, in the fit's codes."""

    def predict_proba(self, votes: Votes | None = None) -> Floats:
        """P(class), items x classes in the order of classes_: of the fitted items, or of those of other votes.

        Other votes may come in any coding. What was learnt stays as it is: their annotators are who the fit
        knows by name; one that it does not know answers like the model's idea of anybody. An item is judged by
        its votes alone, whether or not it was gold; without a vote for a class it gets class_shares_.
        Raises ValueError for a vote for a class that was not fitted.
        """
        if votes is None:
            return self.posteriors_
        heard, at = recode_votes(votes, self.annotators_, self.classes_).heard
        answers = np.tile(self.class_shares_, (votes.n_items, 1))
        if at.size:
            answers[at] = self.predict_heard(heard)
        return answers
