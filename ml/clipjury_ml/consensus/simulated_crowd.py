"""A simulated crowd with known truth: two-sided skills, biases, shared misses, drift, doubt, spam. Pure, seeded.

For tests, benches and planning sums; `simulator` makes the single reviewers of the demo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.simulated_ring import Ring, cast_ring_votes
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

Floats = NDArray[np.float64]

RATE_LIMITS = (0.02, 0.98)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is drawn.

    mean_skill: of the balanced accuracy on an item of typical ease; skill_spread between annotators.
    lean: how much likelier class 0 is said of whatever it is (people miss more than they invent); bias_spread
    between annotators. shared_misses: standard deviation, in log-odds of being right, of an ease that all who
    see an item share. drift: standard deviation of the change in log-odds from an annotator's first vote to
    the last. busy: standard deviation of the log of how much annotators vote. spam_share answer without looking,
    unsure_rate abstain. gold_share of the items is gold. confidence: whether votes carry one; knowing: how much
    higher it is when right (0: people do not know when they are).
    """

    n_items: int = 1000
    n_annotators: int = 60
    votes_per_item: float = 8.0
    n_classes: int = 2
    class_shares: tuple[float, ...] = ()
    mean_skill: float = 0.70
    skill_spread: float = 0.08
    lean: float = 0.03
    bias_spread: float = 0.05
    shared_misses: float = 0.0
    drift: float = 0.0
    busy: float = 0.7
    spam_share: float = 0.0
    unsure_rate: float = 0.0
    gold_share: float = 0.0
    confidence: bool = False
    knowing: float = 0.5
    ring: Ring | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.n_items < 1 or self.n_annotators < 1 or self.n_classes < 2 or self.votes_per_item < 0:
            raise ValueError("a crowd needs items, annotators and at least two classes")
        if not 0.0 < self.mean_skill < 1.0:
            raise ValueError("mean_skill must lie in (0, 1)")
        for share in (self.spam_share, self.unsure_rate, self.gold_share):
            if not 0.0 <= share <= 1.0:
                raise ValueError("shares must lie in [0, 1]")


@dataclass(frozen=True, slots=True)
class SimulatedVotes:
    """votes with what made them: truth (class codes), ease (items), is_gold, attacked (items), in_ring and
    is_spammer (annotators), skill (balanced accuracy of each annotator on items of typical ease)."""

    votes: Votes
    truth: Codes
    ease: Floats
    is_gold: NDArray[np.bool_]
    attacked: NDArray[np.bool_]
    in_ring: NDArray[np.bool_]
    is_spammer: NDArray[np.bool_]
    skill: Floats

    @property
    def gold(self) -> dict[str, str]:
        """item → class, of the gold items."""
        at = np.flatnonzero(self.is_gold)
        return {self.votes.items[i]: self.votes.classes[self.truth[i]] for i in at}


def simulate_crowd(crowd: Crowd, seed: int) -> SimulatedVotes:
    """Votes of a crowd; the same seed gives the same votes."""
    rng = np.random.default_rng([seed, 1])
    k = crowd.n_classes
    shares = np.array(crowd.class_shares or [1.0 / k] * k)
    truth = rng.choice(k, crowd.n_items, p=shares / shares.sum()).astype(np.int32)
    ease = (
        rng.normal(0.0, crowd.shared_misses, crowd.n_items)
        if crowd.shared_misses
        else np.zeros(crowd.n_items)
    )
    is_gold = np.zeros(crowd.n_items, bool)
    is_gold[rng.permutation(crowd.n_items)[: round(crowd.gold_share * crowd.n_items)]] = True
    rates, is_spammer = _rates(crowd, rng)
    item, annotator = _who_sees_what(crowd, rng)
    response, confidence, t = _answers(crowd, rng, rates, is_spammer, item, annotator, truth, ease)
    in_ring = np.zeros(crowd.n_annotators, bool)
    attacked = np.zeros(crowd.n_items, bool)
    if crowd.ring is not None:
        in_ring, attacked = cast_ring_votes(
            crowd.ring, rng, item, annotator, response, truth, is_gold, crowd.n_annotators, k
        )
    names = [f"{c}" for c in range(k)]
    raw = RawVotes(
        item, annotator, response, _names("i", crowd.n_items), _names("a", crowd.n_annotators),
        [*names, "unsure"], confidence, t,
    )  # fmt: skip
    votes = sort_votes(raw, classes=names, further_items=raw.items)
    skill = np.trace(rates, axis1=1, axis2=2) / k
    return SimulatedVotes(votes, truth, ease, is_gold, attacked, in_ring, is_spammer, skill)


def _names(letter: str, n: int) -> list[str]:
    return [f"{letter}{i:0{len(str(max(n - 1, 1)))}d}" for i in range(n)]  # sorted as they are numbered


def _rates(crowd: Crowd, rng: np.random.Generator) -> tuple[Floats, NDArray[np.bool_]]:
    """Confusions, annotators x truth x response, on items of typical ease; and who spams."""
    n, k = crowd.n_annotators, crowd.n_classes
    right = rng.normal(crowd.mean_skill, crowd.skill_spread, (n, 1)) + np.zeros((n, k))
    tilt = rng.normal(0.0, crowd.bias_spread, (n, k))
    tilt[:, 0] += crowd.lean
    right = np.clip(right + tilt - tilt.mean(axis=1, keepdims=True), *RATE_LIMITS)
    rates = np.empty((n, k, k))
    wrong = rng.dirichlet(np.full(max(k - 1, 1), 4.0), (n, k))
    for c in range(k):
        rates[:, c, np.arange(k) != c] = (1.0 - right[:, c])[:, None] * wrong[:, c, : k - 1]
        rates[:, c, c] = right[:, c]
    is_spammer = np.zeros(n, bool)
    is_spammer[rng.permutation(n)[: round(crowd.spam_share * n)]] = True
    favourite = rng.dirichlet(np.full(k, 2.0), n)
    rates[is_spammer] = favourite[is_spammer][:, None, :]
    return rates, is_spammer


def _who_sees_what(crowd: Crowd, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """Each item by a varying number of different annotators, busier ones more often."""
    counts = np.minimum(rng.poisson(crowd.votes_per_item, crowd.n_items), crowd.n_annotators)
    item = np.repeat(np.arange(crowd.n_items, dtype=np.int32), counts)
    pull = np.log(rng.lognormal(0.0, crowd.busy, crowd.n_annotators))
    annotator = np.empty(item.size, np.int32)
    at = 0
    for size in counts:  # the largest of pull + Gumbel noise are a draw without replacement
        keys = pull + rng.gumbel(size=crowd.n_annotators)
        annotator[at : at + size] = np.argpartition(-keys, size - 1)[:size] if size else ()
        at += size
    return item, annotator


def _answers(
    crowd: Crowd, rng: np.random.Generator, rates: Floats, is_spammer: NDArray[np.bool_],
    item: Codes, annotator: Codes, truth: Codes, ease: Floats,
) -> tuple[Codes, Floats, Floats]:  # fmt: skip
    n, k = item.size, crowd.n_classes
    row = rates[annotator, truth[item]]
    t = rng.permutation(n).astype(np.float64)
    shift = ease[item] + rng.normal(0.0, crowd.drift, crowd.n_annotators)[annotator] * (t / max(n, 1) - 0.5)
    right = row[np.arange(n), truth[item]]
    log_odds = np.log(right / (1.0 - right)) + np.where(is_spammer[annotator], 0.0, shift)
    moved = 1.0 / (1.0 + np.exp(-log_odds))
    row = row * ((1.0 - moved) / (1.0 - right))[:, None]
    row[np.arange(n), truth[item]] = moved
    says = (row.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1).clip(0, k - 1).astype(np.int32)
    confidence = NOTHING
    if crowd.confidence:
        habit = rng.normal(0.0, 0.7, crowd.n_annotators)[annotator]
        felt = habit + crowd.knowing * np.where(says == truth[item], 1.0, -1.0) + rng.normal(0.0, 1.0, n)
        confidence = np.round(0.5 + 0.5 / (1.0 + np.exp(-felt)), 1)
    unsure = (rng.random(n) < crowd.unsure_rate) & ~is_spammer[annotator]
    return np.where(unsure, k, says).astype(np.int32), confidence, t
