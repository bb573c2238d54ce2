"""Vote shares with one pseudo-vote: the plainest answer that is hardly ever sure of what is wrong."""

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.sorting import Codes, count_responses
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes


def share_posteriors(votes: Votes) -> NDArray[np.float64]:
    """(n_ik + 1/K) / (r_i + 1): vote shares with one pseudo-vote spread over the classes."""
    shares = np.zeros((votes.n_items, votes.n_classes))
    count_responses(votes.start, votes.response, votes.weight, shares)
    _spread(shares)
    return shares


@compiled
def _spread(counts: NDArray[np.float64]) -> None:
    n_classes = counts.shape[1]
    for i in range(counts.shape[0]):
        total = 1.0
        for k in range(n_classes):
            total += counts[i, k]
        for k in range(n_classes):
            counts[i, k] = (counts[i, k] + 1.0 / n_classes) / total


class Shares(VoteModel):
    """(n_ik + 1/K) / (r_i + 1)."""

    name = "shares"

    def fit_heard(self, votes: Votes, fixed: Codes) -> NDArray[np.float64]:
        """Count."""
        return pin_gold(share_posteriors(votes), fixed)

    def predict_heard(self, votes: Votes) -> NDArray[np.float64]:
        """Count; nothing is learnt."""
        return share_posteriors(votes)
