"""Where in time people point: P(manipulated) of every frame, and the ranges that they agree on.

A frame's log-odds are the prior's plus, for everybody who marked any range, the log-likelihood ratio of having
marked that frame or not; the sum is tempered. Somebody who guesses marks a share u of the clip wherever it falls, so
one narrow mark says more than one over the whole clip, and a vote that marks nothing says nothing of where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.marked_votes import PLACES_RHO, MarkedVote, Range, log_ratio, p_saw, temper_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRIOR = 0.45  # share of a manipulated clip that is manipulated, where people mark ranges at all
SEEN = 0.8  # of the frames that are manipulated, how many somebody who saw it marks; people miss whole places
MISTAKEN = 0.12  # of the frames that are not, most of them next to those that are
PULL = 0.005  # share of the clip by which a mark is drawn in at each end: people mark generously
AGREED = 0.5  # a frame from which on it is more likely manipulated than not ...
LEAST_PEOPLE = (
    2  # ... in a range where two whose word carries weight meet: one person's mark is that person's
)
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class AgreedRange:
    """Frames from `start_frame` to `end_frame`, both included. `people`: the most who marked one of its frames,
    of those whose word carries weight.

    certainty: the share of its frames expected to be manipulated, if the clip is.
    """

    start_frame: int
    end_frame: int
    people: int
    certainty: float


def agreed_ranges(votes: Sequence[MarkedVote], frames: int) -> list[AgreedRange]:
    """The ranges that votes for `manipulated` agree on, in their order; none for an image (one frame)."""
    marks, saw = _marks(votes, frames)
    density, people = _density(marks, saw), marks.sum(axis=0)
    inside = np.concatenate([[False], density >= AGREED - _TIE, [False]])
    edges = np.flatnonzero(np.diff(inside.astype(np.int8)))
    return [
        AgreedRange(int(a), int(b) - 1, int(people[a:b].max()), float(density[a:b].mean()))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if people[a:b].max() >= LEAST_PEOPLE
    ]


def frame_density(votes: Sequence[MarkedVote], frames: int) -> Floats:
    """P(manipulated) of each frame, given that the clip is, (frames,); the prior where nobody marked a range."""
    return _density(*_marks(votes, frames))


def _marks(votes: Sequence[MarkedVote], frames: int) -> tuple[Flags, list[float]]:
    """(people, frames) who marked what, and their P(saw); who marked nothing or never saw anything is left out."""
    rows, saw = [], []
    for vote in votes:
        marked = _drawn_in(vote.ranges, frames)
        vision = p_saw(vote.sensitivity, vote.specificity)
        if vision > 0.0 and marked.any():
            rows.append(marked)
            saw.append(vision)
    return np.array(rows, dtype=np.bool_).reshape(-1, frames), saw


def _drawn_in(ranges: Sequence[Range], frames: int) -> Flags:
    """Marked frames (frames,): each range drawn in at its ends, a quarter of it at most, not where the clip ends."""
    marked = np.zeros(frames, dtype=np.bool_)
    for start, end in ranges:
        pull = min(round(PULL * frames), (end - start + 1) // 4)
        first = start + pull if start > 0 else 0
        last = end - pull if end < frames - 1 else frames - 1
        marked[first : last + 1] = frames > 1
    return marked


def _density(marks: Flags, saw: Sequence[float]) -> Floats:
    log_odds = np.zeros(marks.shape[1])
    for marked, vision in zip(marks, saw, strict=True):
        share = float(marked.mean())
        yes = log_ratio(vision, SEEN, MISTAKEN, share)
        no = log_ratio(vision, 1.0 - SEEN, 1.0 - MISTAKEN, 1.0 - share)
        log_odds += np.where(marked, yes, no)
    log_odds = np.log(PRIOR / (1.0 - PRIOR)) + log_odds / temper_of(saw, PLACES_RHO)
    density: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return density
