"""Abstentions as evidence: heard where one class draws more of them, nothing where it does not, never too loud."""

from __future__ import annotations

import numpy as np
import pytest
from bench.abstentions import CROWDS, abstain, measure
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from clipjury_ml.consensus.abstentions import (
    LARGEST_RATIO,
    Abstentions,
    hear_abstentions,
    learn_abstentions,
)
from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.votes import Votes, votes_from_columns


def without_abstentions(votes: Votes) -> np.ndarray:
    """The default rule's answer to the votes for classes alone."""
    return ClipJury().fit(votes.keep(votes.response < votes.n_classes)).people_


@pytest.mark.parametrize("reason", ["class 1", "class 0", "class 1, by person"])
def test_it_helps_where_one_class_draws_more_abstentions(reason: str) -> None:
    gains = []
    for seed in range(3):
        votes, truth = abstain(CROWDS[".65"], reason, seed)
        heard = measure(ClipJury().fit(votes).people_, truth)
        gains.append(measure(without_abstentions(votes), truth)[1] - heard[1])
    assert np.mean(gains) > 0.01


@pytest.mark.parametrize("reason", ["none", "hard items", "when wrong"])
@pytest.mark.parametrize("crowd", ["near chance", "skewed"])
def test_it_does_no_harm_where_abstentions_say_nothing_of_the_class(reason: str, crowd: str) -> None:
    costs = []
    for seed in range(3):
        votes, truth = abstain(CROWDS[crowd], reason, seed)
        heard = measure(ClipJury().fit(votes).people_, truth)
        costs.append(heard[1] - measure(without_abstentions(votes), truth)[1])
    assert max(costs) < 0.005


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 500), n_classes=st.integers(2, 4), n_items=st.integers(1, 40))
def test_one_abstention_weighs_no_more_than_an_account_without_gold(
    seed: int, n_classes: int, n_items: int
) -> None:
    drawn = simulate_crowd(
        Crowd(n_items=n_items, n_annotators=5, votes_per_item=3, n_classes=n_classes, unsure_rate=0.4), seed
    )
    sure = np.eye(n_classes)[drawn.truth] * 0.9 + 0.1 / n_classes
    learnt = learn_abstentions(drawn.votes, sure)
    if learnt is None:
        return
    assert np.ptp(learnt.log_ratio) <= LARGEST_RATIO + 1e-12
    assert abs(learnt.log_ratio.sum()) < 1e-9 and np.isfinite(learnt.log_ratio).all()


def test_abstentions_alone_move_an_item_that_has_no_vote_for_a_class() -> None:
    votes, _ = abstain(CROWDS[".80"], "class 1", 0)
    learnt = ClipJury().fit(votes).abstentions_
    assert learnt is not None and learnt.log_ratio[1] > 0
    n = votes.n_items
    even = np.full((n, 2), 0.5)
    moved = hear_abstentions(votes, even, learnt, 0.2)
    only_unsure = (votes.n_votes > 0) & (votes.counts.sum(axis=1) == 0)
    all_heard = (votes.n_votes > 0) & (votes.counts.sum(axis=1) == votes.n_votes)
    assert only_unsure.any() and (moved[only_unsure, 1] > 0.5).all()
    assert (moved[all_heard, 1] < 0.5).all()  # nobody hesitated
    assert_allclose(moved[votes.n_votes == 0], 0.5)


def test_more_abstentions_on_an_item_say_more_but_not_in_proportion() -> None:
    learnt = Abstentions(np.array([-0.3, 0.3]), np.full(13, 0.1))
    names = [f"w{w:02d}" for w in range(12)]
    leans = []
    for n in (1, 2, 12):
        votes = votes_from_columns(["i"] * n, names[:n], ["unsure"] * n, classes=["a", "b"])
        p = hear_abstentions(votes, np.full((1, 2), 0.5), learnt, 0.2)[0]
        leans.append(float(np.log(p[1] / p[0])))
    assert 0 < leans[0] < leans[1] < leans[2] < 12 * leans[0] / 3


def test_without_an_abstention_nothing_is_learnt() -> None:
    drawn = simulate_crowd(Crowd(n_items=60), 0)
    model = ClipJury().fit(drawn.votes)
    assert model.abstentions_ is None and model.parameters_["abstentions"] is None


def test_single_models_do_not_hear_abstentions() -> None:
    votes, _ = abstain(CROWDS[".65"], "class 1", 1)
    heard = votes.n_votes > 0
    alone = votes.keep(votes.response < votes.n_classes)
    assert_allclose(
        DawidSkene().fit(votes).posteriors_[heard], DawidSkene().fit(alone).posteriors_[heard], atol=1e-12
    )
