"""How many votes an item's votes are worth, and how undecided its answer is."""

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.tempering import RHO
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]


def count_effective(votes: Votes, weight: Floats, rho: float = RHO) -> Floats:
    """The votes for classes, each by what its annotator carries, less what votes on one item share.

    weight: of each annotator; one without any counts nothing. Kish: (sum w)^2 / sum w^2 = m, then m / (1 +
    rho (m - 1)).
    """
    heard, at = votes.heard
    w = np.maximum(weight, 0.0)[heard.annotator]
    w = w * heard.weight if heard.weight.size else w
    total = np.bincount(heard.item, weights=w, minlength=heard.n_items)
    squares = np.bincount(heard.item, weights=w * w, minlength=heard.n_items)
    m = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    effective = np.zeros(votes.n_items)
    effective[at] = m / (1.0 + rho * np.maximum(m - 1.0, 0.0))
    return effective


def entropy(posteriors: Floats) -> Floats:
    """In nats."""
    safe = np.where(posteriors > 0, posteriors, 1.0)
    return np.asarray(-(posteriors * np.log(safe)).sum(axis=1)) + 0.0
