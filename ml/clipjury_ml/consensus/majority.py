"""Majority vote, for comparison."""

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes


class Majority(VoteModel):
    """The share of the votes; even where nobody voted."""

    name = "majority"

    def fit_heard(self, votes: Votes, fixed: Codes) -> NDArray[np.float64]:
        """Count."""
        return pin_gold(self.predict_heard(votes), fixed)

    def predict_heard(self, votes: Votes) -> NDArray[np.float64]:
        """Count; nothing is learnt."""
        return np.asarray(votes.counts / votes.counts.sum(axis=1, keepdims=True))
