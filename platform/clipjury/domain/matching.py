"""Who gets which of the clips that are worth a vote as much: the one that is furthered most by this reviewer's answer.

What an answer is worth depends on how its giver errs. Where those who voted lean to one label, somebody who rarely
says that label in error carries the clip further than one more of their kind. ADR 35 measures what it gives.
"""

import math
from dataclasses import dataclass
from typing import Final

from clipjury.domain.assignment import FALL_FRESH, FALL_PER_VOTE
from clipjury.domain.retirement import DEFAULT_POLICY

NEAR_TIES: Final = 12  # entries of the queue, from a random place on, among which a reviewer is matched
SHARED_MISSES: Final = 0.2  # correlation of votes on one clip that the engine assumes (ADR 10)
TYPICAL_WEIGHT: Final = math.log(0.7 / 0.3)  # log-odds that an answer carries where 7 of 10 are right
SUREST: Final = 1e-6  # a posterior of 0 or 1 has no log-odds


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a clip, and under which policy.

    leases, gold_leases: how many they have been given, and how many of them on gold. sensitivity, specificity: as the
    version of reliabilities in force has them, strictly between 0 and 1. theta, cap: of the policy in force.
    """

    leases: int
    gold_leases: int
    sensitivity: float
    specificity: float
    theta: float = DEFAULT_POLICY.theta
    cap: int = DEFAULT_POLICY.cap

    @property
    def bar(self) -> float:
        """Log-odds from which on evidence ends a clip."""
        return _logit(self.theta)

    @property
    def fall_per_vote(self) -> float:
        """How much faster worth falls with each vote cast; `log_value` has the rule."""
        return FALL_PER_VOTE * DEFAULT_POLICY.cap / self.cap


def expected_worth(n_votes: int, n_effective: float, p_full: float, asking: Asking) -> float:
    """What the next vote after this reviewer's is expected to be worth, on the scale of exp(`log_value`).

    The mean over both answers, each as likely as the posterior and the reviewer's own rates make it. n_votes,
    n_effective, p_full: of the clip's row. Highest where an answer is likely to bring the clip to the bar.
    """
    p = min(1.0 - SUREST, max(SUREST, p_full))
    fall = FALL_FRESH + asking.fall_per_vote * (n_votes + 1)
    worth = 0.0
    for if_manipulated, if_authentic in (
        (asking.sensitivity, 1.0 - asking.specificity),
        (1.0 - asking.sensitivity, asking.specificity),
    ):
        after = log_odds_after(_logit(p), n_effective, math.log(if_manipulated / if_authentic))
        chance = p * if_manipulated + (1.0 - p) * if_authentic
        worth += chance * math.exp(-fall * max(0.0, asking.bar - abs(after)))
    return worth


def log_odds_after(log_odds: float, n_effective: float, weight: float) -> float:
    """|log-odds| after one more answer, as the engine tempers it (ADR 10), from the clip's row alone.

    The row does not say who voted: the votes there are count as alike, each of the typical weight, or of more where
    even all on one side would not explain the log-odds. weight: log-likelihood ratio of the answer, towards
    manipulated. Exact where all votes are of typical weight, or all on one side and alike.
    """
    count = n_effective * (1.0 - SHARED_MISSES) / (1.0 - SHARED_MISSES * n_effective)
    gathered = abs(log_odds) * (1.0 + SHARED_MISSES * max(0.0, count - 1.0))
    lead = min(count, (count + gathered / TYPICAL_WEIGHT) / 2.0)
    against = count - lead
    each = gathered / lead if lead and not against else TYPICAL_WEIGHT
    signed = math.copysign(weight, weight * log_odds) if log_odds else abs(weight)
    if gathered + signed < 0.0:
        lead, against = against, lead
    joins = (signed >= 0.0) == (gathered + signed >= 0.0)
    size = abs(weight)
    kept = each * _gain(lead)
    if joins and size > each:
        kept = size + each * (_gain(lead + 1.0) - 1.0)
    elif joins:
        kept += size * (_gain(lead + 1.0) - _gain(lead))
    ahead = lead * each + (size if joins else 0.0)
    behind = against * each + (0.0 if joins else size)
    if not kept:  # nobody has voted; detectors may have spoken
        return abs(gathered + signed)
    return abs(gathered + signed) / ((ahead + behind) / kept - (1.0 - SHARED_MISSES) * behind / ahead)


def _gain(count: float) -> float:
    return count / (1.0 + SHARED_MISSES * (count - 1.0)) if count else 0.0


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))
