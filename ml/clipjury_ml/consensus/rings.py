"""Pairs of annotators who meet on the same items, or vote at the same moment, far more often than chance has it.

An alert for people to look at, never a penalty. Where items are dealt at random such pairs are rare: the error
rate is held for all pairs together, and measured by simulation (ADR 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, poisson

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.sorting import Codes, Offsets
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

FALSE_ALARM = 0.01  # that any honest pair is named, for each of the two tests
MOST_ANNOTATORS = 1500  # the busiest; all their pairs are looked at
MOST_VOTES = 60  # an item with more votes is one that everybody sees
NEAR_SHARE = 0.05  # votes on one item count as near in time if closer than all but this share of such pairs
LEAST_TOGETHER = 3
MOST_NAMED = (
    0.5  # of the annotators; where more are named, items were dealt in pages and the tests have no ground
)


@dataclass(frozen=True, slots=True)
class Pair:
    """first, second: annotator codes. together: items on which both voted; expected: so many by chance.

    near: on how many of these they voted within the same moment. reason: `co_voting` or `co_timing`.
    """

    first: int
    second: int
    together: int
    expected: float
    near: int
    p: float
    reason: str


def count_named(pairs: Sequence[Pair]) -> int:
    """How many annotators the pairs name."""
    return len({annotator for pair in pairs for annotator in (pair.first, pair.second)})


def find_pairs(votes: Votes) -> list[Pair]:
    """The pairs beyond chance, the least likely first; none where most annotators would be named."""
    pairs = find_all_pairs(votes)
    return pairs if count_named(pairs) <= MOST_NAMED * len(votes.annotators) else []


def find_all_pairs(votes: Votes) -> list[Pair]:
    """The pairs beyond chance, however many."""
    n = len(votes.annotators)
    cast = np.bincount(votes.annotator, minlength=n)
    busy = np.argsort(-cast, kind="stable")[:MOST_ANNOTATORS]
    busy = np.sort(busy[cast[busy] >= LEAST_TOGETHER]).astype(np.int32)
    if busy.size < 2:
        return []
    place = np.full(n, -1, np.int32)
    place[busy] = np.arange(busy.size, dtype=np.int32)
    gap = _near_gap(votes.start, votes.t, MOST_VOTES) if votes.t.size else -1.0
    together, near = _meetings(votes.start, place[votes.annotator], votes.t, gap, busy.size, MOST_VOTES)
    upper = np.triu_indices(busy.size, 1)
    met, close = together[upper], near[upper]
    expected = _expected(together, upper)
    tests = max(1, met.size)
    p_voting = poisson.sf(met - 1, expected)
    p_timing = _p_timing(met, close, gap)
    found = []
    for p, reason in ((p_voting, "co_voting"), (p_timing, "co_timing")):
        for i in np.flatnonzero((p < FALSE_ALARM / tests) & (met >= LEAST_TOGETHER)):
            first, second = int(busy[upper[0][i]]), int(busy[upper[1][i]])
            found.append(
                Pair(first, second, int(met[i]), float(expected[i]), int(close[i]), float(p[i]), reason)
            )
    return sorted(found, key=lambda pair: (pair.p, pair.first, pair.second, pair.reason))


def _expected(together: Offsets, upper: tuple[Offsets, Offsets]) -> Floats:
    """Meetings by chance: in proportion to how often each of the two meets anybody, as many in all."""
    meets = together.sum(axis=1).astype(np.float64)
    product = meets[upper[0]] * meets[upper[1]]
    total = product.sum()
    return np.asarray(product * (together[upper].sum() / total if total else 0.0))


def _p_timing(met: Offsets, close: Offsets, gap: float) -> Floats:
    if gap < 0 or not met.sum():
        return np.ones(met.size)
    rate = max(float(close.sum() / met.sum()), 1e-9)
    return np.asarray(binom.sf(close - 1, met, rate))


@compiled
def _near_gap(start: Offsets, t: Floats, most: int) -> float:
    """The gap in time that NEAR_SHARE of the pairs of votes on one item stay within; -1 without any pair."""
    n_pairs = 0
    for i in range(start.size - 1):
        r = start[i + 1] - start[i]
        if r <= most:
            n_pairs += r * (r - 1) // 2
    if n_pairs == 0:
        return -1.0
    gaps = np.empty(n_pairs)
    at = 0
    for i in range(start.size - 1):
        if start[i + 1] - start[i] <= most:
            for v in range(start[i], start[i + 1]):
                for u in range(start[i], v):
                    gap = abs(t[v] - t[u])
                    gaps[at] = gap if gap == gap else np.inf  # two unknown times
                    at += 1
    gaps.sort()
    return float(gaps[int(NEAR_SHARE * n_pairs)])


@compiled
def _meetings(
    start: Offsets, who: Codes, t: Floats, gap: float, n: int, most: int
) -> tuple[Offsets, Offsets]:
    together, near = np.zeros((n, n), np.int64), np.zeros((n, n), np.int64)
    for i in range(start.size - 1):
        if start[i + 1] - start[i] > most:
            continue
        for v in range(start[i], start[i + 1]):
            for u in range(start[i], v):
                a, b = who[u], who[v]
                if a < 0 or b < 0 or a == b:
                    continue
                together[a, b] += 1
                together[b, a] += 1
                if gap >= 0.0 and abs(t[v] - t[u]) <= gap:
                    near[a, b] += 1
                    near[b, a] += 1
    return together, near
