"""How sure the answer may be: brought down where the votes' spread does not bear it out, and left alone elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from clipjury_ml.consensus.certainty import Expected, expect_certainty, factor_towards
from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.consensus import choose_labels
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.simulated_crowd import Crowd, SimulatedVotes, simulate_crowd
from clipjury_ml.consensus.tempering import raise_to
from clipjury_ml.consensus.votes import Votes


def draw(seed: int, **crowd: object) -> SimulatedVotes:
    return simulate_crowd(Crowd(skill_spread=0.05, **crowd), seed)  # type: ignore[arg-type]


def expect(votes: Votes) -> Expected:
    heard = votes.heard[0]
    peers = PooledDawidSkene().fit(heard)
    return expect_certainty(heard, peers, peers.posteriors_)


def log_loss(p: np.ndarray, truth: np.ndarray) -> float:
    return float(-np.log(p[np.arange(truth.size), truth]).mean())


def test_a_crowd_near_chance_that_shares_its_misses_is_hardly_surer_than_it_is_right() -> None:
    before, after, gaps, gaps_before = [], [], [], []
    for seed in range(6):
        drawn = draw(seed, n_items=400, mean_skill=0.55, shared_misses=1.0, votes_per_item=12)
        model = ClipJury().fit(drawn.votes)
        untouched = raise_to(model.people_, 1.0 / model.factor_)
        before.append(log_loss(untouched, drawn.truth))
        after.append(log_loss(model.people_, drawn.truth))
        right = (choose_labels(model.people_) == drawn.truth).mean()
        gaps_before.append(untouched.max(axis=1).mean() - right)
        gaps.append(model.people_.max(axis=1).mean() - right)
    assert np.mean(before) > 0.8
    assert np.mean(after) < 0.74
    assert np.mean(gaps_before) > 0.2 and abs(np.mean(gaps)) < 0.13


@pytest.mark.parametrize(("skill", "n_classes"), [(0.75, 2), (0.85, 2), (0.7, 4)])
def test_a_crowd_of_independent_votes_is_left_alone(skill: float, n_classes: int) -> None:
    for seed in range(3):
        drawn = draw(seed, n_items=400, mean_skill=skill, n_classes=n_classes)
        assert ClipJury().fit(drawn.votes).factor_ > 0.9


def test_skill_and_correlation_are_told_apart_by_many_votes() -> None:
    independent = expect(draw(0, n_items=500, mean_skill=0.75, votes_per_item=20).votes)
    shared = expect(draw(0, n_items=500, mean_skill=0.6, shared_misses=1.5, votes_per_item=20).votes)
    assert abs(independent.skill - 0.75) < 0.05 and independent.correlation < 0.08
    assert shared.skill < 0.7 and 0.15 < shared.correlation < 0.45


def test_a_lean_to_one_class_is_not_taken_for_shared_misses() -> None:
    leaning = draw(1, n_items=500, mean_skill=0.8, lean=0.15, bias_spread=0.0, votes_per_item=10)
    assert expect(leaning.votes).correlation < 0.1


def test_spam_is_not_taken_for_shared_misses() -> None:
    spammed = draw(2, n_items=500, mean_skill=0.85, spam_share=0.4, votes_per_item=12)
    assert ClipJury().fit(spammed.votes).factor_ > 0.9


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500), n_classes=st.integers(2, 4), misses=st.sampled_from([0.0, 1.5]))
def test_labels_stay_and_nothing_is_made_surer(seed: int, n_classes: int, misses: float) -> None:
    drawn = draw(
        seed,
        n_items=80,
        n_annotators=12,
        mean_skill=0.5,
        n_classes=n_classes,
        shared_misses=misses,
        votes_per_item=4,
    )
    model = ClipJury()
    mean = model._fit_mean(drawn.votes)
    answer = model._bring_down(drawn.votes, mean)
    assert_array_equal(choose_labels(answer), choose_labels(mean))
    assert (answer.max(axis=1) <= mean.max(axis=1) + 1e-12).all()
    assert_allclose(answer.sum(axis=1), 1.0)


@settings(max_examples=200, deadline=None)
@example([1.0], 0.5)
@given(st.lists(st.floats(0.5, 1.0), min_size=1, max_size=30), st.floats(0.5, 1.0))
def test_the_factor_meets_the_certainty_or_is_one(tops: list[float], certainty: float) -> None:
    p = np.stack([np.array(tops), 1.0 - np.array(tops)], axis=1)
    factor = factor_towards(p, certainty)
    assert 0.0 < factor <= 1.0
    brought = raise_to(p, factor).max(axis=1).mean()
    assert brought <= max(certainty, p.max(axis=1).mean() if factor == 1.0 else 0.0) + 1e-6


def test_votes_that_weigh_nothing_and_items_of_one_vote_are_survived() -> None:
    rng = np.random.default_rng(0)
    drawn = draw(3, n_items=50, n_annotators=8, votes_per_item=1.5, mean_skill=0.5)
    found = expect(drawn.votes)
    assert 0.5 <= found.certainty <= 1.0
    coin = draw(
        int(rng.integers(100)), n_items=60, n_annotators=5, mean_skill=0.5, spam_share=1.0, votes_per_item=4
    )
    assert np.isfinite(ClipJury().fit(coin.votes).people_).all()
