"""What a detector's score is worth as evidence, once gold has shown it."""

import math
from dataclasses import dataclass
from typing import Final

FEWEST_PER_LABEL: Final = (
    25  # answered gold items of each label, of one kind of clip, before a score counts as evidence
)
FURTHEST_LOGIT: Final = 13.8  # a score of exactly 0 or 1 is no infinite evidence


@dataclass(frozen=True, slots=True)
class Line:
    """log LR = intercept + slope × logit(score), held within [log_low, log_high] (natural logarithms)."""

    intercept: float
    slope: float
    log_low: float
    log_high: float


ROUNDING: Final = 1e-9  # of a cost that is 1 but for the last bits
WORTHLESS: Final = Line(
    0.0, 0.0, 0.0, 0.0
)  # measured, and found to say nothing: likelihood ratio 1 throughout


def choose_line(line: Line, cost: float) -> Line:
    """The line itself, or none of it where its cross-fitted cost (Cllr) is no less than that of saying nothing."""
    return line if cost < 1.0 - ROUNDING else WORTHLESS


def calibrated_probability(score: float, line: Line) -> float:
    """P(manipulated) at even prior for a score in [0, 1]; raises ValueError outside."""
    if not 0.0 <= score <= 1.0:
        raise ValueError("a score must lie in 0…1")
    if score in (0.0, 1.0):
        logit = math.copysign(FURTHEST_LOGIT, score - 0.5)
    else:
        logit = max(-FURTHEST_LOGIT, min(FURTHEST_LOGIT, math.log(score) - math.log1p(-score)))
    log_ratio = max(line.log_low, min(line.log_high, line.intercept + line.slope * logit))
    return 1.0 / (1.0 + math.exp(-log_ratio))
