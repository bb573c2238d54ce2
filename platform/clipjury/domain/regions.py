"""Where in the picture people point: boxes of several people that overlap, as one, with how certain it is.

Greedy: around the box with most weight behind it, everybody's best overlapping box near in time is gathered, each
side becomes the weighted median, and the boxes are used up. Who drew elsewhere at that time speaks against it; who
drew nothing near that time says nothing. The rule of `clipjury_ml.consensus.agreed_regions`, written again with the
standard library alone; a test holds the two to each other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clipjury.domain.marks import (
    AGREED,
    LEAST_PEOPLE,
    PLACES_RHO,
    TIE,
    Box,
    MarkedVote,
    log_ratio,
    posterior,
    temper_of,
)

PRIOR: Final = 0.2  # that a place where somebody drew a box is one
SEEN: Final = 0.75  # somebody who saw it and draws at that time draws it
MISTAKEN: Final = 0.1  # ... draws the same wrong place as somebody else
GUESSED: Final = 0.1  # a guess overlaps a given box that much
LEAST_OVERLAP: Final = 0.3  # intersection over union from which two boxes mean one thing
NEAR: Final = 0.25  # share of the clip's frames within which they do
MOST_BOXES: Final = 12  # of one person, evenly out of more: a bound on the work


@dataclass(frozen=True, slots=True)
class AgreedRegion:
    """A box that `people` drew. certainty: P(something manipulated is there), if the clip is manipulated."""

    box: Box
    people: int
    certainty: float


@dataclass(frozen=True, slots=True, order=True)
class _Drawn:
    """A box by its sides, and who drew it; sorts by place, then by weight."""

    frame: int
    left: float
    top: float
    right: float
    bottom: float
    against_weight: float  # minus P(saw)
    who: int

    @property
    def saw(self) -> float:
        return -self.against_weight


def agreed_regions(votes: Sequence[MarkedVote], frames: int) -> list[AgreedRegion]:
    """The regions that votes for `manipulated` agree on, by frame, then from the left."""
    drawn = _drawn(votes)
    reach = max(1, round(NEAR * frames))
    same = [
        {
            j
            for j, other in enumerate(drawn)
            if abs(one.frame - other.frame) <= reach and _overlap(one, other) >= LEAST_OVERLAP
        }
        for one in drawn
    ]
    alive = set(range(len(drawn)))
    found = []
    while (seed := _seed(drawn, same, alive)) is not None:
        members = _members(drawn, sorted(same[seed] & alive), drawn[seed])
        near = {one.who: one.saw for one in drawn if abs(one.frame - drawn[seed].frame) <= reach}
        certainty = _certainty(near, {one.who for one in members})
        if certainty >= AGREED - TIE:
            found.append(AgreedRegion(_middle(members), len(members), certainty))
        alive -= same[seed]
    return sorted(found, key=lambda region: (region.box.frame, region.box.x, region.box.y))


def _drawn(votes: Sequence[MarkedVote]) -> list[_Drawn]:
    drawn = []
    for who, vote in enumerate(votes):
        if vote.boxes and vote.saw > 0.0:
            boxes = sorted((b.frame, b.x, b.y, b.x + b.width, b.y + b.height) for b in vote.boxes)
            drawn += [_Drawn(*box, -vote.saw, who) for box in boxes[:: -(-len(boxes) // MOST_BOXES)]]
    return sorted(drawn)


def _overlap(a: _Drawn, b: _Drawn) -> float:
    """Intersection over union."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0.0 or height <= 0.0:
        return 0.0
    both = (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top)
    return width * height / (both - width * height)


def _seed(drawn: Sequence[_Drawn], same: Sequence[set[int]], alive: set[int]) -> int | None:
    """The box with most weight behind it, the first of equals; None where no two people overlap any more."""
    best, most = None, 0.0
    for i in sorted(alive):
        behind = {drawn[j].who: drawn[j].saw for j in same[i] & alive}
        weight = round(math.fsum(behind.values()), 9)
        if len(behind) >= LEAST_PEOPLE and weight > most:
            best, most = i, weight
    return best


def _members(drawn: Sequence[_Drawn], around: Sequence[int], seed: _Drawn) -> list[_Drawn]:
    """Of everybody the box that overlaps the seed most, the first of equals."""
    best: dict[int, _Drawn] = {}
    for i in around:
        one = drawn[i]
        if one.who not in best or _overlap(one, seed) > _overlap(best[one.who], seed) + TIE:
            best[one.who] = one
    return list(best.values())


def _certainty(near: dict[int, float], members: set[int]) -> float:
    ratios = [
        log_ratio(saw, SEEN, MISTAKEN, GUESSED)
        if who in members
        else log_ratio(saw, 1.0 - SEEN, 1.0 - MISTAKEN, 1.0 - GUESSED)
        for who, saw in near.items()
    ]
    return posterior(PRIOR, math.fsum(ratios) / temper_of(list(near.values()), PLACES_RHO))


def _middle(members: Sequence[_Drawn]) -> Box:
    def median(values: Sequence[float]) -> float:
        return _median([(value, one.saw) for value, one in zip(values, members, strict=True)])

    left, top = median([one.left for one in members]), median([one.top for one in members])
    right, bottom = median([one.right for one in members]), median([one.bottom for one in members])
    return Box(int(median([one.frame for one in members])), left, top, right - left, bottom - top)


def _median(weighed: Sequence[tuple[float, float]]) -> float:
    """Weighted median, the lower one of two."""
    half, reached = math.fsum(weight for _, weight in weighed) / 2.0, 0.0
    for value, weight in sorted(weighed):
        reached += weight
        if reached >= half - TIE:
            return value
    raise ValueError("the median of nothing")
