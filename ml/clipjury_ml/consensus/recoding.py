"""Votes that were not fitted, under the codes of a fit: its classes, its annotators, one place for strangers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

STRANGER = ""  # whoever the fit does not know; the last of the annotators


def recode_votes(votes: Votes, annotators: Sequence[str], classes: Sequence[str]) -> Votes:
    """The same items and votes; annotators become the given ones with STRANGER behind, classes the given ones.

    Raises ValueError for a vote for a class that is not among them.
    """
    place = {name: w for w, name in enumerate(annotators)}
    who = np.array([place.get(name, len(annotators)) for name in votes.annotators], np.int32)
    column = {name: k for k, name in enumerate(classes)}
    says = np.array([column.get(name, len(classes)) for name in votes.responses], np.int32)
    said = np.bincount(votes.response, minlength=votes.n_responses) > 0
    foreign = [
        name
        for r, name in enumerate(votes.responses)
        if said[r] and r < votes.n_classes and name not in column
    ]
    if foreign:
        raise ValueError(f"votes for {foreign[0]!r}, which is no class of the fit")
    apart = [name for name in votes.responses[votes.n_classes :] if name not in column]
    return Votes(
        votes.items, [*annotators, STRANGER], list(classes), [*classes, *apart[:1]],
        votes.item, _look_up(who, votes.annotator), _look_up(says, votes.response),
        votes.weight, votes.confidence, votes.t, votes.start, votes.repeats,
    )  # fmt: skip


def _look_up(table: Codes, codes: Codes) -> Codes:
    return table[codes] if codes.size else codes


def with_stranger(known: Floats, stranger: Floats) -> Floats:
    """Rows of the annotators that a fit knows, and behind them the row of one that it does not."""
    return np.concatenate([known, np.asarray(stranger)[None]])
