"""How many reviewers and how much gold a plan needs: the consensus engine run on simulated crowds.

What comes out holds for crowds like the simulated ones, honest people and dull spammers; it is no promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.consensus import choose_labels, find_consensus
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, simulate_scores

Floats = NDArray[np.float64]

THRESHOLD = 0.95  # a posterior from which an item counts as decided


@dataclass(frozen=True, slots=True)
class Outcome:
    """Means over seeds, on items that are not gold. decided: share with a posterior of THRESHOLD or more;
    wrong_decided: share of wrong answers among these (NaN where nothing was decided)."""

    votes_per_item: float
    n_gold: int
    accuracy: float
    log_loss: float
    decided: float
    wrong_decided: float


def plan(
    crowd: Crowd,
    votes_per_item: Sequence[float],
    gold: Sequence[int],
    *,
    detector: SimulatedDetector | None = None,
    seeds: int = 3,
    seed: int = 0,
) -> Iterator[Outcome]:
    """One outcome for each number of votes an item and of gold items, in this order.

    Raises ValueError where there are more gold items than items.
    """
    if gold and max(gold) >= crowd.n_items:
        raise ValueError("there must be more items than gold items")
    for votes in votes_per_item:
        for n_gold in gold:
            parts = [
                _measure(replace(crowd, votes_per_item=votes), n_gold, detector, seed + i)
                for i in range(seeds)
            ]
            accuracy, loss, decided, wrong = np.array(parts).mean(axis=0)
            yield Outcome(
                votes, n_gold, accuracy, loss, decided, wrong / decided if decided else float("nan")
            )


def _measure(crowd: Crowd, n_gold: int, detector: SimulatedDetector | None, seed: int) -> Floats:
    drawn = simulate_crowd(crowd, seed)
    votes, truth = drawn.votes, drawn.truth
    at = np.random.default_rng([seed, 3]).permutation(votes.n_items)[:n_gold]
    gold = {votes.items[i]: votes.classes[truth[i]] for i in at}
    scores = None
    if detector is not None:
        p = simulate_scores(detector, truth, drawn.ease, votes.n_classes, seed)
        scores = Scores(["simulated"], p[None])
    unseen = np.ones(votes.n_items, bool)
    unseen[at] = False
    p = find_consensus(votes, gold, scores, seed=seed).full[unseen]
    right = choose_labels(p) == truth[unseen]
    decided = p.max(axis=1) >= THRESHOLD
    loss = -np.log(np.maximum(p[np.arange(p.shape[0]), truth[unseen]], 1e-12)).mean()
    return np.array([right.mean(), loss, decided.mean(), (decided & ~right).mean()])
