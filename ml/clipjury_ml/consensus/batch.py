"""P(manipulated) of many clips at once from votes and reliabilities, vectorised over all votes (numpy).

Written from the formulas of ADR 0010 and on purpose not from `online`: the two are held to each other, so that a
slip in either shows. No detector's score enters here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

AUTHENTIC, MANIPULATED, UNSURE = 0, 1, -1
RHO = 0.2  # assumed correlation of votes on one clip

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Votes:
    """Votes on clips 0 … n_clips - 1, in any order; one entry a vote in each array."""

    clip: NDArray[np.int64]  # (votes,)
    response: NDArray[np.int8]  # (votes,) AUTHENTIC, MANIPULATED or UNSURE
    sensitivity: Floats  # (votes,) of the vote's reviewer, strictly between 0 and 1
    specificity: Floats  # (votes,)
    n_clips: int

    @classmethod
    def of(cls, clip: ArrayLike, response: ArrayLike, rates: ArrayLike, n_clips: int) -> "Votes":
        """From plain sequences; `rates` is (votes, 2): sensitivity and specificity."""
        both: Floats = np.asarray(rates, dtype=np.float64).reshape(-1, 2)
        codes = np.asarray(clip, dtype=np.int64)
        return cls(codes, np.asarray(response, dtype=np.int8), both[:, 0], both[:, 1], n_clips)

    def __post_init__(self) -> None:
        """Refuse rates whose logarithm would be infinite, and clips that are not there."""
        for rate in (self.sensitivity, self.specificity):
            if rate.size and not (rate.min() > 0.0 and rate.max() < 1.0):
                raise ValueError("sensitivity and specificity must lie strictly between 0 and 1")
        if self.clip.size and not (self.clip.min() >= 0 and self.clip.max() < self.n_clips):
            raise ValueError("clip codes must lie between 0 and n_clips - 1")


def people_posteriors(votes: Votes, prior: float = 0.5, rho: float = RHO) -> Floats:
    """P(manipulated) of each clip given its votes, (n_clips,); the prior where nobody has voted."""
    return _sigmoid(np.log(prior / (1.0 - prior)) + tempered_sums(votes, rho))


def tempered_sums(votes: Votes, rho: float = RHO) -> Floats:
    """Each clip's sum of log-weights, divided by the design effect of its effective count of votes, (n_clips,)."""
    weight = log_weights(votes)
    total = np.bincount(votes.clip, weight, votes.n_clips)  # (clips,)
    side = np.where(total < 0.0, -1.0, 1.0)
    towards = weight * side[votes.clip]  # (votes,) positive where the vote is on the leading side
    ahead = np.bincount(votes.clip, np.maximum(towards, 0.0), votes.n_clips)
    against = np.bincount(votes.clip, np.maximum(-towards, 0.0), votes.n_clips)
    kept = _kept(votes.clip, towards, votes.n_clips, rho)
    led = ahead > 0.0
    # r_lead from 1 + rho (r_lead - 1) = ahead / kept; dissent is counted in the leading side's own unit.
    one = np.ones(votes.n_clips)
    r_lead = 1.0 + (np.divide(ahead, kept, out=one.copy(), where=led) - 1.0) / rho
    count = r_lead * (1.0 + np.divide(against, ahead, out=np.zeros(votes.n_clips), where=led))
    tempered: Floats = np.where(led, total / np.where(led, 1.0 + rho * (count - 1.0), 1.0), 0.0)
    return tempered


def log_weights(votes: Votes) -> Floats:
    """What each vote says for `manipulated`: its log-likelihood ratio; 0 for `unsure` and for a coin, (votes,)."""
    s, c = votes.sensitivity, votes.specificity
    says_manipulated = np.log(s) - np.log1p(-c)
    says_authentic = np.log1p(-s) - np.log(c)
    weight = np.where(votes.response == MANIPULATED, says_manipulated, says_authentic)
    silent = (votes.response == UNSURE) | (s + c == 1.0)
    heard: Floats = np.where(silent, 0.0, weight)
    return heard


def _kept(clip: NDArray[np.int64], towards: Floats, n_clips: int, rho: float) -> Floats:
    """What the leading side keeps: its k-th strongest vote adds g(k) - g(k - 1), g(k) = k / (1 + rho (k - 1))."""
    leads = np.flatnonzero(towards > 0.0)
    order = leads[np.lexsort((-towards[leads], clip[leads]))]
    of_clip = clip[order]
    starts = np.searchsorted(of_clip, of_clip, side="left")
    k = np.arange(order.size) - starts + 1.0  # rank within the clip, the strongest first
    discount = k / (1.0 + rho * (k - 1.0)) - (k - 1.0) / (1.0 + rho * (k - 2.0))
    return np.asarray(np.bincount(of_clip, towards[order] * discount, n_clips), dtype=np.float64)


def _sigmoid(x: Any) -> Floats:
    small = np.exp(-np.abs(x))
    answer: Floats = np.where(x >= 0.0, 1.0 / (1.0 + small), small / (1.0 + small))
    return answer
