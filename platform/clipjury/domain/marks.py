"""Where in time people point: the ranges on which votes for `manipulated` agree, and how certain each is.

The rule of `clipjury_ml.consensus.agreed_ranges`, written again with the standard library alone; a test holds the two
to each other. Everything is said given that the clip is manipulated: whether it is, is the posterior's business.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

PLACES_RHO: Final = 0.2  # assumed correlation of marks on one clip
PRIOR: Final = 0.45  # share of a manipulated clip that is manipulated, where people mark ranges at all
SEEN: Final = 0.8  # of the frames that are manipulated, how many somebody who saw it marks
MISTAKEN: Final = 0.12  # of the frames that are not
PULL: Final = 0.005  # share of the clip by which a mark is drawn in at each end: people mark generously
AGREED: Final = 0.5  # a frame from which on it is more likely manipulated than not ...
LEAST_PEOPLE: Final = (
    2  # ... in a range where two whose word carries weight meet: one person's mark is that person's
)
TIE: Final = 1e-9  # what rounding may do to a threshold

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A region on one frame; x, y, width and height are fractions [0, 1] of the displayed frame."""

    frame: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class MarkedVote:
    """One vote for `manipulated`: its reviewer's rates, strictly between 0 and 1, and what it marks. An empty part
    was not answered and says nothing of that question."""

    sensitivity: float
    specificity: float
    ranges: tuple[Range, ...] = ()
    boxes: tuple[Box, ...] = ()
    kinds: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    @property
    def saw(self) -> float:
        """P(the reviewer saw the manipulation | says manipulated, and it is): 1 - 1 / diagnostic odds ratio, or 0."""
        s, c = self.sensitivity, self.specificity
        return max(0.0, (s + c - 1.0) / (s * c))


@dataclass(frozen=True, slots=True)
class AgreedRange:
    """Frames from `start_frame` to `end_frame`, both included. `people`: the most who marked one of its frames, of
    those whose word carries weight. certainty: the share of its frames expected to be manipulated, if the clip is."""

    start_frame: int
    end_frame: int
    people: int
    certainty: float


@dataclass(frozen=True, slots=True)
class _Step:
    """Frames from `start` up to `end`, not included, that the same people marked; p: that they are manipulated."""

    start: int
    end: int
    people: int
    p: float


def agreed_ranges(votes: Sequence[MarkedVote], frames: int) -> list[AgreedRange]:
    """The ranges that votes for `manipulated` agree on, in their order; none for an image (one frame)."""
    found, run = [], list[_Step]()
    for step in [*_steps(votes, frames), _Step(frames, frames, 0, 0.0)]:
        if step.p >= AGREED - TIE:
            run.append(step)
            continue
        people = max((part.people for part in run), default=0)
        if people >= LEAST_PEOPLE:
            start, end = run[0].start, run[-1].end
            mass = math.fsum(part.p * (part.end - part.start) for part in run)
            found.append(AgreedRange(start, end - 1, people, mass / (end - start)))
        run = []
    return found


def _steps(votes: Sequence[MarkedVote], frames: int) -> list[_Step]:
    """The density over the clip: it changes only where somebody's mark begins or ends."""
    heard = []
    for vote in votes:
        marked = _drawn_in(vote.ranges, frames)
        if vote.saw > 0.0 and marked:
            share = sum(end - start for start, end in marked) / frames
            yes = log_ratio(vote.saw, SEEN, MISTAKEN, share)
            no = log_ratio(vote.saw, 1.0 - SEEN, 1.0 - MISTAKEN, 1.0 - share)
            heard.append((marked, yes, no))
    temper = temper_of([vote.saw for vote in votes if _drawn_in(vote.ranges, frames)], PLACES_RHO)
    edges = sorted({0, frames, *(edge for marked, _, _ in heard for part in marked for edge in part)})
    steps = []
    for start, end in pairwise(edges):
        here = [any(a <= start < b for a, b in marked) for marked, _, _ in heard]
        ratios = [yes if inside else no for inside, (_, yes, no) in zip(here, heard, strict=True)]
        steps.append(_Step(start, end, sum(here), posterior(PRIOR, math.fsum(ratios) / temper)))
    return steps


def _drawn_in(ranges: Sequence[Range], frames: int) -> list[Range]:
    """Marked frames as disjoint ranges, the end not included: each drawn in at its ends, a quarter of it at most,
    not where the clip ends. An image has no ranges."""
    if frames < 2:
        return []
    drawn_in = []
    for start, end in ranges:
        if start >= frames:
            continue
        pull = min(round(PULL * frames), (end - start + 1) // 4)
        first = start + pull if start > 0 else 0
        last = end - pull if end < frames - 1 else frames - 1
        drawn_in.append((first, last + 1))
    return _united(drawn_in)


def _united(ranges: Sequence[Range]) -> list[Range]:
    united: list[Range] = []
    for start, end in sorted(ranges):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def log_ratio(saw: float, seen: float, mistaken: float, guessed: float) -> float:
    """log P(mark | it belongs there) / P(mark | it does not), for a reviewer who saw the clip with P = saw > 0.

    seen, mistaken: how often somebody who saw it marks what belongs there, and what does not; guessed: how often a
    guess falls there, either way.
    """
    guess = (1.0 - saw) * guessed
    return math.log((saw * seen + guess) / (saw * mistaken + guess))


def temper_of(saw: Sequence[float], rho: float) -> float:
    """1 + rho (r - 1), r Kish's effective count of the reviewers' P(saw): marks on one clip share their errors."""
    squares = math.fsum(s * s for s in saw)
    return 1.0 + rho * (math.fsum(saw) ** 2 / squares - 1.0) if squares else 1.0


def posterior(prior: float, log_ratios: float) -> float:
    """The prior moved by a sum of log-likelihood ratios."""
    return 1.0 / (1.0 + math.exp(-(math.log(prior / (1.0 - prior)) + log_ratios)))
