"""What abstaining says: people may say `unsure` of one class more often than of another.

One ratio for each class, for the whole crowd: how much likelier an abstention is there than by the habit of whoever
abstained. It is learnt once, from the answer that the votes for classes give, and added to it; learning again from
the sum would feed on itself. Items that are hard for everybody draw abstentions whatever their class, so classes are
compared among items whose answer is about as sure: in five strata, which take away over nine tenths of such a bias
(Cochran 1968).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.gold_anchored import UNKNOWN_LIMIT
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import softmax
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

N_STRATA = 5
HABIT_LIMITS = (1e-3, 1.0 - 1e-3)
# No gold stands behind it, so one abstention weighs no more than the vote of an account without gold.
LARGEST_RATIO = float(np.log(UNKNOWN_LIMIT / (1.0 - UNKNOWN_LIMIT)))


@dataclass(frozen=True)
class Abstentions:
    """log_ratio: classes, mean 0; of P(abstains | class) to the habit. habit: of each annotator, and of a stranger."""

    log_ratio: Floats
    habit: Floats


def learn_abstentions(votes: Votes, answer: Floats) -> Abstentions | None:
    """From the answer (items x classes) of the votes for classes; None where abstentions say nothing of the class.

    The ratios are shrunk by what chance alone would make of them (James and Stein's estimator, its positive part).
    """
    weight = votes.weight if votes.weight.size else np.ones(votes.item.size)
    abstained: Floats = np.where(votes.response >= votes.n_classes, weight, 0.0)
    if not abstained.any():
        return None
    n = len(votes.annotators)
    cast = np.bincount(votes.annotator, weights=weight, minlength=n)
    said = np.bincount(votes.annotator, weights=abstained, minlength=n)
    habit = (np.append(said, said.sum()) + 0.5) / (np.append(cast, cast.sum()) + 1.0)
    observed = _sum_by_item(votes, abstained)
    expected = _sum_by_item(votes, weight * habit[votes.annotator])
    log_ratio = _log_ratios(answer, observed, expected * _stratum_ratios(answer, observed, expected))
    return Abstentions(log_ratio, habit) if log_ratio.any() else None


def _stratum_ratios(answer: Floats, observed: Floats, expected: Floats) -> Floats:
    """Of each item: how many more abstain than by habit, among items whose answer is about as sure."""
    sure = answer.max(axis=1)
    heard = expected > 0
    edges = np.quantile(sure[heard], np.linspace(0.0, 1.0, N_STRATA + 1)[1:-1])
    stratum: Codes = np.searchsorted(edges, sure).astype(np.int32)
    seen = np.bincount(stratum, weights=observed, minlength=N_STRATA)
    usual = np.bincount(stratum, weights=expected, minlength=N_STRATA)
    return np.asarray((seen / np.maximum(usual, 1e-12))[stratum])


def _log_ratios(answer: Floats, observed: Floats, expected: Floats) -> Floats:
    mass = answer.T @ expected
    ratio = np.maximum(answer.T @ observed, 1e-12) / np.maximum(mass, 1e-12)
    residual = observed[:, None] - expected[:, None] * ratio
    variance = ((answer * residual) ** 2).sum(axis=0) / np.maximum(mass * ratio, 1e-12) ** 2
    logs = np.log(ratio) - np.log(ratio).mean()
    by_chance = (logs.size - 1) * variance.mean()
    logs *= max(0.0, 1.0 - by_chance / max(float((logs**2).sum()), 1e-300))
    return np.asarray(logs * min(1.0, LARGEST_RATIO / max(float(np.ptp(logs)), 1e-300)))


def hear_abstentions(votes: Votes, answer: Floats, learnt: Abstentions, rho: float) -> Floats:
    """The answer with what the abstentions on each item say, tempered by their number as votes are."""
    weight = votes.weight if votes.weight.size else np.ones(votes.item.size)
    abstained = votes.response >= votes.n_classes
    rates = np.clip(learnt.habit[votes.annotator][:, None] * np.exp(learnt.log_ratio), *HABIT_LIMITS)
    said = weight[:, None] * np.where(abstained[:, None], np.log(rates), np.log1p(-rates))
    logs = np.stack([_sum_by_item(votes, each) for each in said.T], axis=1)
    effect = 1.0 + rho * np.maximum(_sum_by_item(votes, weight * abstained) - 1.0, 0.0)
    return softmax(np.log(np.maximum(answer, 1e-300)) + logs / effect[:, None])


def _sum_by_item(votes: Votes, values: Floats) -> Floats:
    return np.asarray(np.bincount(votes.item, weights=values, minlength=votes.n_items), np.float64)
