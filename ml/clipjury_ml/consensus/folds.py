"""Folds of the gold, by name and seed alone: the order of rows and the names of classes change nothing."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.vote_model import VoteModel
from clipjury_ml.consensus.votes import Votes

N_FOLDS = 5

Model = TypeVar("Model", bound=VoteModel)


def deal_folds(items: Sequence[str], fixed: Codes, seed: int, n_folds: int = N_FOLDS) -> Codes:
    """The fold of each gold item, -1 elsewhere; each class is dealt out evenly."""
    folds = np.full(fixed.size, -1, np.int32)
    gold = np.flatnonzero(fixed >= 0)
    order = sorted(gold.tolist(), key=lambda i: hashlib.sha256(f"{seed}\0{items[i]}".encode()).digest())
    dealt = dict.fromkeys(range(int(fixed.max(initial=0)) + 1), 0)
    for i in order:
        folds[i] = dealt[int(fixed[i])] % n_folds
        dealt[int(fixed[i])] += 1
    return folds


def cross_fit(model: Model, votes: Votes, fixed: Codes, folds: Codes) -> tuple[Model, NDArray[np.float64]]:
    """The model fitted on all gold, and posteriors in which no gold item's own label had a part.

    Those of a fold's items come from a fit that did not see the fold.
    """
    apart = np.zeros((votes.n_items, votes.n_classes))
    for fold in range(int(folds.max(initial=-1)) + 1):
        held = folds == fold
        apart[held] = model.fit_codes(votes, np.where(held, -1, fixed).astype(np.int32)).posteriors_[held]
    model.fit_codes(votes, fixed)
    apart[folds < 0] = model.posteriors_[folds < 0]
    return model, apart
