"""Where in the picture people point: boxes of several people that overlap, as one, with how certain it is.

Greedy: around the box with most weight behind it, everybody's best overlapping box near in time is gathered, each
side becomes the weighted median, and the boxes are used up. Who drew elsewhere at that time speaks against it; who
drew nothing near that time says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.marked_votes import PLACES_RHO, Box, MarkedVote, log_ratio, p_saw, temper_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRIOR = 0.2  # that a place where somebody drew a box is one
SEEN = 0.75  # somebody who saw it and draws at that time draws it
MISTAKEN = 0.1  # ... draws the same wrong place as somebody else
GUESSED = 0.1  # a guess overlaps a given box that much
LEAST_OVERLAP = 0.3  # intersection over union from which two boxes mean one thing
NEAR = 0.25  # share of the clip's frames within which they do
AGREED = 0.5
LEAST_PEOPLE = 2
MOST_BOXES = 12  # of one person, evenly out of more: a bound on the work
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class AgreedRegion:
    """A box that `people` drew. certainty: P(something manipulated is there), if the clip is manipulated."""

    box: Box
    people: int
    certainty: float


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Every box, sorted, with who drew it; near and overlap are (boxes, boxes)."""

    sides: Floats  # (boxes, 4) left, top, right, bottom
    frame: NDArray[np.int64]  # (boxes,)
    who: NDArray[np.int64]  # (boxes,)
    saw: Floats  # (people,)
    near: Flags
    overlap: Floats


def agreed_regions(votes: Sequence[MarkedVote], frames: int) -> list[AgreedRegion]:
    """The regions that votes for `manipulated` agree on, by frame, then from the left."""
    drawn = _drawn(votes, frames)
    same = drawn.near & (drawn.overlap >= LEAST_OVERLAP)
    alive = np.ones(drawn.who.size, dtype=np.bool_)
    found = []
    while (seed := _seed(drawn, same, alive)) is not None:
        members = _members(drawn, np.flatnonzero(same[seed] & alive), seed)
        certainty = _certainty(drawn, seed, set(drawn.who[members].tolist()))
        if certainty >= AGREED - _TIE:
            found.append(AgreedRegion(_middle(drawn, members), len(members), certainty))
        alive &= ~same[seed]
    return sorted(found, key=lambda region: (region.box.frame, region.box.x, region.box.y))


def _drawn(votes: Sequence[MarkedVote], frames: int) -> _Drawn:
    rows: list[tuple[float, ...]] = []
    saw: list[float] = []
    for vote in votes:
        vision = p_saw(vote.sensitivity, vote.specificity)
        if vote.boxes and vision > 0.0:
            boxes = sorted((b.frame, b.x, b.y, b.x + b.width, b.y + b.height) for b in vote.boxes)
            rows += [(*box, -vision, len(saw)) for box in boxes[:: -(-len(boxes) // MOST_BOXES)]]
            saw.append(vision)
    table = np.array(sorted(rows), dtype=np.float64).reshape(-1, 7)
    frame, sides = table[:, 0].astype(np.int64), table[:, 1:5]
    near = np.abs(frame[:, None] - frame[None, :]) <= max(1, round(NEAR * frames))
    return _Drawn(sides, frame, table[:, 6].astype(np.int64), np.array(saw), near, _overlaps(sides))


def _overlaps(sides: Floats) -> Floats:
    """Intersection over union of every two boxes, (boxes, boxes)."""
    low = np.maximum(sides[:, None, :2], sides[None, :, :2])
    high = np.minimum(sides[:, None, 2:], sides[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=2)
    area = np.prod(sides[:, 2:] - sides[:, :2], axis=1)
    overlaps: Floats = shared / np.maximum(area[:, None] + area[None, :] - shared, 1e-300)
    return overlaps


def _seed(drawn: _Drawn, same: Flags, alive: Flags) -> int | None:
    """The box with most weight behind it, the first of equals; None where no two people overlap any more."""
    people = np.arange(drawn.saw.size)
    mine = (drawn.who[:, None] == people) & alive[:, None]  # (boxes, people)
    behind = (same.astype(np.int64) @ mine.astype(np.int64)) > 0
    weight = np.where(alive & (behind.sum(axis=1) >= LEAST_PEOPLE), np.round(behind @ drawn.saw, 9), -1.0)
    return int(np.argmax(weight)) if weight.size and weight.max() > 0.0 else None


def _members(drawn: _Drawn, around: NDArray[np.int64], seed: int) -> list[int]:
    """Of everybody the box that overlaps the seed most, the first of equals."""
    best: dict[int, int] = {}
    for box in around.tolist():
        who = int(drawn.who[box])
        if who not in best or drawn.overlap[seed, box] > drawn.overlap[seed, best[who]] + _TIE:
            best[who] = box
    return list(best.values())


def _certainty(drawn: _Drawn, seed: int, members: set[int]) -> float:
    asked = sorted(set(drawn.who[drawn.near[seed]].tolist()))
    saw = [float(drawn.saw[who]) for who in asked]
    ratios = [
        log_ratio(vision, SEEN, MISTAKEN, GUESSED)
        if who in members
        else log_ratio(vision, 1.0 - SEEN, 1.0 - MISTAKEN, 1.0 - GUESSED)
        for who, vision in zip(asked, saw, strict=True)
    ]
    log_odds = math.log(PRIOR / (1.0 - PRIOR)) + math.fsum(ratios) / temper_of(saw, PLACES_RHO)
    return 1.0 / (1.0 + math.exp(-log_odds))


def _middle(drawn: _Drawn, members: list[int]) -> Box:
    weight = drawn.saw[drawn.who[members]]
    left, top, right, bottom = (_median(drawn.sides[members, side], weight) for side in range(4))
    frame = int(_median(drawn.frame[members].astype(np.float64), weight))
    return Box(frame, left, top, right - left, bottom - top)


def _median(values: Floats, weights: Floats) -> float:
    """Weighted median, the lower one of two."""
    order = np.lexsort((weights, values))
    reached = np.cumsum(weights[order]) >= weights.sum() / 2.0 - _TIE
    return float(values[order][np.argmax(reached)])
