"""Annotators who vote alike beyond what the truth explains: a second factor in who agrees with whom.

Honest annotators agree because there is a truth, which makes as many factors as there are classes less one. A
ring that lies together on some items, or groups that see some items differently, make another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

MOST_ANNOTATORS = 1500  # the busiest; the comparison is of all pairs
LEAST_ANNOTATORS = 8
FACTOR_ROUNDS = 5
FACTORS = 2  # beyond the truth that a search begins at: noise may come before a small ring
MOST_LOADED = (
    1.0 / 3.0
)  # of the annotators at one end of a factor: half would mix in those who load on nothing


@dataclass(frozen=True)
class Communities:
    """ratio: eigenvalue of the factor beyond the truth to the greatest of the rest, which is noise and as large
    on either side of 0; 0 where there are too few to compare. It alone is no proof of anything.

    starts: who might belong (rows of annotators): either side of that factor, and those at either end of it and of the
    next; nobody is in one who was not compared.
    """

    ratio: float
    starts: NDArray[np.bool_]


def find_communities(votes: Votes) -> Communities:
    """Compare all pairs of the busiest annotators by how much more alike they vote than they do on average."""
    n, k = len(votes.annotators), votes.n_classes
    cast = np.bincount(votes.annotator, minlength=n)
    busy = np.zeros(n, bool)
    busy[np.argsort(-cast, kind="stable")[:MOST_ANNOTATORS]] = True
    busy &= cast > 1
    if busy.sum() < max(LEAST_ANNOTATORS, k + 2):
        return Communities(0.0, np.zeros((0, n), bool))
    values, vectors = np.linalg.eigh(_unexplained(_likeness(votes, busy), k - 1))
    ratio = float(values[-1] / max(values[-2], -values[0], 1e-9))
    ends = [sign * vectors[:, -factor] for factor in range(1, FACTORS + 1) for sign in (1.0, -1.0)]
    sides = [vectors[:, -1] > 0, vectors[:, -1] <= 0]
    sides += [end > np.quantile(end, 1.0 - MOST_LOADED) for end in ends]
    starts = np.zeros((len(sides), n), bool)
    starts[:, busy] = sides
    return Communities(ratio, starts)


def _unexplained(alike: Floats, n_factors: int) -> Floats:
    """What is left without the factors of the truth; the diagonal is what these explain, found in turns."""
    whole = alike.copy()
    for _ in range(FACTOR_ROUNDS):
        values, vectors = np.linalg.eigh(whole)
        truth = (vectors[:, -n_factors:] * values[-n_factors:]) @ vectors[:, -n_factors:].T
        np.fill_diagonal(whole, np.diagonal(truth))
    rest = alike - truth
    np.fill_diagonal(rest, 0.0)
    return np.asarray(rest)


def _likeness(votes: Votes, busy: NDArray[np.bool_]) -> Floats:
    """Sums of products of centred votes over the items that a pair shares, divided by the root of their number."""
    rows = busy[votes.annotator]
    column = np.cumsum(busy) - 1
    item, who, response = votes.item[rows], column[votes.annotator[rows]], votes.response[rows]
    n = int(busy.sum())
    shape = (votes.n_items, n)
    cast = np.bincount(who, minlength=n)
    seen = scipy.sparse.csr_matrix((np.ones(item.size), (item, who)), shape=shape)
    together = np.asarray((seen.T @ seen).todense())
    alike = np.zeros((n, n))
    for k in range(votes.n_classes):
        said = (response == k).astype(np.float64)
        centred = said - (np.bincount(who, weights=said, minlength=n) / cast)[who]
        matrix = scipy.sparse.csr_matrix((centred, (item, who)), shape=shape)
        alike += np.asarray((matrix.T @ matrix).todense())
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike / np.sqrt(np.maximum(together, 1.0)))
