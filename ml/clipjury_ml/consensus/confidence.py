"""Stated confidence as ordered levels: what each level is worth is learnt over all annotators together.

One annotator's .9 is another's .6, so a level is where a vote stands among the same annotator's own: lower,
middle or upper third (by mid-rank). Never read as a probability.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

N_LEVELS = 3
PSEUDO_VOTES = 5.0  # a level must be seen some times before it says anything


@dataclass(frozen=True, slots=True)
class Marks:
    """response x level of each vote as one code; the last code says that the level is unknown."""

    codes: Codes
    n_codes: int


NO_MARKS = Marks(np.empty(0, np.int32), 1)


def mark_votes(votes: Votes) -> Marks:
    """The marks of votes with confidence; NO_MARKS where nobody stated any."""
    if not votes.confidence.size:
        return NO_MARKS
    return _as_marks(votes, _own_thirds(votes.annotator, votes.confidence))


def mark_like(fitted: Votes, votes: Votes) -> Marks:
    """The marks of other votes, by where they would stand among the same annotator's fitted ones.

    votes: under the fitted codes, with one annotator more, the stranger. Who stated no confidence in the fitted
    votes is placed among those of all annotators together.
    """
    known = np.flatnonzero(~np.isnan(fitted.confidence))
    who, value = fitted.annotator[known], fitted.confidence[known]
    values = np.unique(value)
    everybody, step = np.int64(len(votes.annotators)), np.int64(values.size + 1)
    rank = np.searchsorted(values, value).astype(np.int64)
    keys = np.sort(np.concatenate([who * step + rank, everybody * step + rank]))
    place = np.where(np.isin(votes.annotator, who), votes.annotator, everybody) * step
    first, end = np.searchsorted(keys, place), np.searchsorted(keys, place + step)
    below = np.searchsorted(keys, place + np.searchsorted(values, votes.confidence, side="left"))
    upto = np.searchsorted(keys, place + np.searchsorted(values, votes.confidence, side="right"))
    middle = below - first + (upto - below) / 2.0
    levels = np.minimum(middle / np.maximum(end - first, 1) * N_LEVELS, N_LEVELS - 1).astype(np.int32)
    return _as_marks(votes, np.where(np.isnan(votes.confidence), -1, levels))


def _as_marks(votes: Votes, levels: Codes) -> Marks:
    unknown = votes.n_responses * N_LEVELS
    codes = np.where(levels < 0, unknown, votes.response * N_LEVELS + levels)
    return Marks(codes.astype(np.int32), unknown + 1)


def _own_thirds(annotator: Codes, confidence: Floats) -> Codes:
    levels = np.full(annotator.size, -1, np.int32)
    known = np.flatnonzero(~np.isnan(confidence))
    order = known[np.lexsort((confidence[known], annotator[known]))]
    who, value = annotator[order], confidence[order]
    first = np.searchsorted(who, who, side="left")
    size = np.searchsorted(who, who, side="right") - first
    run_starts = np.ones(order.size, bool)
    run_starts[1:] = (who[1:] != who[:-1]) | (value[1:] != value[:-1])
    run = np.cumsum(run_starts) - 1
    lengths = np.bincount(run)
    begins = np.flatnonzero(run_starts)
    middle = begins[run] + (lengths[run] - 1) / 2.0 - first
    levels[order] = np.minimum((middle + 0.5) / size * N_LEVELS, N_LEVELS - 1).astype(np.int32)
    return levels


def mark_table(marks: Marks, counts: Floats) -> tuple[Floats, float]:
    """log P(level | response, class) from expected counts, and its log prior density.

    Each response's levels are pulled by PSEUDO_VOTES towards an even spread over the levels in every class, so
    that a level says nothing until it was seen.
    """
    if not marks.codes.size:
        return np.zeros_like(counts), 0.0
    seen = counts[:-1].reshape(-1, N_LEVELS, counts.shape[1]) + PSEUDO_VOTES / N_LEVELS
    log_share = np.log(seen / seen.sum(axis=1, keepdims=True))
    table = np.zeros_like(counts)
    table[:-1] = log_share.reshape(-1, counts.shape[1])
    return table, float(PSEUDO_VOTES / N_LEVELS * log_share.sum())
