"""How many votes an item's votes are worth, and how undecided its answer is."""

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

RATE_FLOOR = 1e-3  # no annotator weighs more than one who errs once in a thousand


def weigh_annotators(right: Floats) -> Floats:
    """The log-odds that one vote carries, from rates of right answers (annotators x classes), mean of the classes.

    0 for a coin; below it for those who are wrong more often than chance.
    """
    k = max(1, right.shape[1] - 1)
    safe = np.clip(right, RATE_FLOOR, 1.0 - RATE_FLOOR)
    return np.asarray(np.log(safe * k / (1.0 - safe)).mean(axis=1))


def count_heads(votes: Votes, weight: Floats) -> Floats:
    """Kish's number of votes on each item: (sum w)^2 / sum w^2, w what each annotator carries, either way.

    One who flips a coin adds nothing, so that spam is no brake on the others' certainty.
    """
    w = np.abs(weight)[votes.annotator]
    w = w * votes.weight if votes.weight.size else w
    total = np.bincount(votes.item, weights=w, minlength=votes.n_items)
    squares = np.bincount(votes.item, weights=w * w, minlength=votes.n_items)
    return np.divide(total**2, squares, out=np.zeros(votes.n_items), where=squares > 0)


def count_effective(votes: Votes, weight: Floats, rho: float) -> Floats:
    """The votes for classes, each by what its annotator carries, less what votes on one item share."""
    heard, at = votes.heard
    heads = count_heads(heard, np.maximum(weight, 0.0))
    effective = np.zeros(votes.n_items)
    effective[at] = heads / (1.0 + rho * np.maximum(heads - 1.0, 0.0))
    return effective


def entropy(posteriors: Floats) -> Floats:
    """In nats."""
    safe = np.where(posteriors > 0, posteriors, 1.0)
    return np.asarray(-(posteriors * np.log(safe)).sum(axis=1)) + 0.0
