"""Vote shares with one pseudo-vote: the plainest answer that is hardly ever sure of what is wrong."""

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes


def share_posteriors(votes: Votes) -> NDArray[np.float64]:
    """(n_ik + 1/K) / (r_i + 1): vote shares with one pseudo-vote spread over the classes."""
    shares = votes.counts + 1.0 / votes.n_classes
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


class Shares(VoteModel):
    """(n_ik + 1/K) / (r_i + 1)."""

    name = "shares"

    def fit_heard(self, votes: Votes, fixed: Codes) -> NDArray[np.float64]:
        """Count."""
        return pin_gold(share_posteriors(votes), fixed)
