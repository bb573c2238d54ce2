"""Votes for `manipulated` with what they mark, and what one mark is worth.

Everything here is said *given that the clip is manipulated*: whether it is, is the posterior's business. So votes
for `authentic` say nothing, and neither does `unsure`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

PLACES_RHO = (
    0.2  # assumed correlation of marks on one clip: what looks odd looks odd to all, as with votes (ADR 0010)
)
WORDS_RHO = 0.1  # ... of kinds and cues

Range = tuple[int, int]  # first and last frame, both included


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
    """One vote for `manipulated`: its reviewer's rates, strictly between 0 and 1, and what it marks.

    An empty part was not answered: it says nothing of that question.
    """

    sensitivity: float
    specificity: float
    ranges: tuple[Range, ...] = ()
    boxes: tuple[Box, ...] = ()
    kinds: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rates that leave no doubt."""
        if not (0.0 < self.sensitivity < 1.0 and 0.0 < self.specificity < 1.0):
            raise ValueError("sensitivity and specificity must lie strictly between 0 and 1")


def p_saw(sensitivity: float, specificity: float) -> float:
    """P(the reviewer saw the manipulation | says manipulated, and it is): 1 - 1 / diagnostic odds ratio, or 0.

    Two-high-threshold model (Snodgrass & Corwin 1988): a manipulated clip is seen with probability d, otherwise
    guessed at the rate of false alarms, so sensitivity = d + (1 - d) (1 - specificity). Who answers like a coin
    has never seen anything.
    """
    return max(0.0, (sensitivity + specificity - 1.0) / (sensitivity * specificity))


def log_ratio(saw: float, seen: float, mistaken: float, guessed: float) -> float:
    """log P(mark | it belongs there) / P(mark | it does not), for a reviewer who saw the clip with P = saw.

    seen, mistaken: how often somebody who saw it marks what belongs there, and what does not; guessed: how often
    a guess falls there, either way.
    """
    if saw == 0.0:
        return 0.0
    guess = (1.0 - saw) * guessed
    return math.log((saw * seen + guess) / (saw * mistaken + guess))


def temper_of(saw: Sequence[float], rho: float) -> float:
    """1 + rho (r - 1), r Kish's effective count of the reviewers' P(saw): marks on one clip share their errors."""
    squares = math.fsum(s * s for s in saw)
    if squares == 0.0:
        return 1.0
    count = math.fsum(saw) ** 2 / squares
    return 1.0 + rho * (count - 1.0)
