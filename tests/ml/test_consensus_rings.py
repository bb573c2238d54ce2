"""Rings: seldom cried where there is none, found where there is one, and kept from what they are after."""

from __future__ import annotations

import numpy as np
import pytest

from clipjury_ml.consensus.consensus import choose_labels, find_consensus
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.rings import find_all_pairs, find_pairs
from clipjury_ml.consensus.simulated_crowd import Crowd, SimulatedVotes, simulate_crowd
from clipjury_ml.consensus.simulated_ring import Ring
from clipjury_ml.consensus.two_faced import TwoFaced, suspect_ring
from clipjury_ml.consensus.votes import Votes, votes_from_columns

CROWD = {"n_items": 1000, "n_annotators": 60, "votes_per_item": 12, "mean_skill": 0.85}


def draw(seed: int, *, ring: Ring | None) -> SimulatedVotes:
    return simulate_crowd(Crowd(ring=ring, gold_share=0.05, **CROWD), seed)  # type: ignore[arg-type]


def is_alarmed(votes: Votes) -> bool:
    heard = votes.heard[0]
    return suspect_ring(heard, PooledDawidSkene().fit(heard)).alert


def test_honest_crowds_seldom_raise_the_alarm() -> None:
    rng = np.random.default_rng(0)
    communities, pairs = 0, 0
    for seed in range(25):
        crowd = Crowd(
            n_items=int(rng.choice([200, 1000])),
            n_annotators=int(rng.choice([15, 40, 100])),
            votes_per_item=float(rng.choice([3, 6, 12])),
            mean_skill=float(rng.uniform(0.55, 0.9)),
            shared_misses=float(rng.choice([0, 1.0])),
            spam_share=float(rng.choice([0, 0.2])),
            n_classes=int(rng.choice([2, 3])),
        )
        votes = simulate_crowd(crowd, seed).votes
        communities += is_alarmed(votes)
        pairs += bool(find_pairs(votes))
    assert communities <= 1 and pairs <= 3


@pytest.mark.parametrize("share", [0.3, 0.4])
def test_a_ring_is_found_and_its_targets_are_kept(share: float) -> None:
    kept, lost, named = [], [], []
    for seed in range(3):
        drawn, clean = draw(seed, ring=Ring(share, targets=0.2)), draw(seed, ring=None)
        assert is_alarmed(drawn.votes)
        result = find_consensus(drawn.votes, drawn.gold)
        right = choose_labels(result.full) == drawn.truth
        kept.append(right[drawn.attacked & ~drawn.is_gold].mean())
        before = choose_labels(find_consensus(clean.votes, clean.gold).full) == clean.truth
        lost.append(before[~clean.is_gold].mean() - right[~drawn.is_gold].mean())
        model = TwoFaced().fit(drawn.votes, drawn.gold)
        named.append((model.members_ == drawn.in_ring).mean())
    assert np.mean(kept) >= 0.9
    assert np.mean(lost) <= 0.03
    assert np.mean(named) >= 0.9


def test_a_small_ring_on_a_twentieth_of_the_items_is_mostly_found() -> None:
    """Begun at either side of one factor alone, the search found six of these ten."""
    small = Ring(0.2, targets=0.05)
    assert sum(is_alarmed(draw(seed, ring=small).votes) for seed in range(70, 80)) >= 8


def test_a_ring_that_knows_the_gold_is_found_all_the_same() -> None:
    drawn = draw(1, ring=Ring(0.35, targets=0.2, knows_gold=True))
    assert is_alarmed(drawn.votes)


def test_accounts_that_meet_on_chosen_items_are_named() -> None:
    votes = draw(2, ring=None).votes
    items = [votes.items[i] for i in votes.item]
    annotators = [votes.annotators[w] for w in votes.annotator]
    labels = [votes.classes[r] for r in votes.response]
    for item in votes.items[:25]:
        for account in ("~x", "~y"):
            items.append(item)
            annotators.append(account)
            labels.append("0")
    more = votes_from_columns(items, annotators, labels)
    pairs = find_pairs(more)
    named = {(more.annotators[pair.first], more.annotators[pair.second], pair.reason) for pair in pairs}
    assert ("~x", "~y", "co_voting") in named
    assert pairs[0].together == 25 and pairs[0].expected < 1


def test_accounts_that_vote_at_the_same_moment_are_named() -> None:
    drawn = draw(3, ring=None).votes
    t = drawn.t.copy()
    # Wherever the two busiest meet, the one votes right after the other.
    first, second = np.argsort(-np.bincount(drawn.annotator))[:2]
    for i in np.unique(drawn.item[drawn.annotator == first]):
        rows = np.flatnonzero(drawn.item == i)
        one, other = rows[drawn.annotator[rows] == first], rows[drawn.annotator[rows] == second]
        if one.size and other.size:
            t[other] = t[one] + 0.5
    votes = votes_from_columns(
        [drawn.items[i] for i in drawn.item],
        [drawn.annotators[w] for w in drawn.annotator],
        [drawn.classes[r] for r in drawn.response],
        t=t.tolist(),
    )
    named = {(pair.first, pair.second) for pair in find_pairs(votes) if pair.reason == "co_timing"}
    assert (min(first, second), max(first, second)) in named


def test_where_items_are_dealt_in_pages_nobody_is_named() -> None:
    items, annotators = [], []
    for page in range(12):  # four people see the same twenty items, the next four the next twenty
        for item in range(20):
            for person in range(4):
                items.append(f"{page}-{item}")
                annotators.append(f"{page}-{person}")
    votes = votes_from_columns(items, annotators, ["x"] * len(items), classes=["x", "y"])
    assert len(find_all_pairs(votes)) == 12 * 6
    assert find_pairs(votes) == []


def test_too_few_annotators_are_no_community() -> None:
    votes = votes_from_columns(["a", "b"], ["w", "v"], ["x", "y"])
    assert not is_alarmed(votes) and find_pairs(votes) == []
