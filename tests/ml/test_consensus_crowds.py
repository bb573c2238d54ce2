"""Simulated crowds, rings and detectors are what their parameters say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy, simulate_scores
from clipjury_ml.consensus.simulated_ring import Ring


def test_the_same_seed_gives_the_same_votes() -> None:
    crowd = Crowd(n_items=50, n_annotators=8, confidence=True, unsure_rate=0.1, ring=Ring())
    one, other, third = simulate_crowd(crowd, 4), simulate_crowd(crowd, 4), simulate_crowd(crowd, 5)
    assert one.votes.response.tobytes() == other.votes.response.tobytes()
    assert one.votes.confidence.tobytes() == other.votes.confidence.tobytes()
    assert one.votes.response.tobytes() != third.votes.response.tobytes()


def test_skill_lean_and_class_shares_are_met() -> None:
    drawn = simulate_crowd(
        Crowd(
            n_items=20_000,
            n_annotators=200,
            votes_per_item=5,
            mean_skill=0.7,
            lean=0.1,
            class_shares=(0.8, 0.2),
        ),
        0,
    )
    votes, truth = drawn.votes, drawn.truth
    right = votes.response == truth[votes.item]
    of_fakes = truth[votes.item] == 1
    assert (truth == 1).mean() == pytest.approx(0.2, abs=0.01)
    assert right[~of_fakes].mean() == pytest.approx(0.75, abs=0.02)
    assert right[of_fakes].mean() == pytest.approx(0.65, abs=0.02)
    assert drawn.skill.mean() == pytest.approx(0.7, abs=0.02)


def test_shared_misses_make_votes_on_one_item_alike() -> None:
    def spread(shared: float) -> float:
        drawn = simulate_crowd(Crowd(n_items=2000, votes_per_item=20, shared_misses=shared), 1)
        right = (drawn.votes.response == drawn.truth[drawn.votes.item]).astype(float)
        shares = np.bincount(drawn.votes.item, right) / np.maximum(np.bincount(drawn.votes.item), 1)
        return float(shares.std())

    assert spread(1.0) > spread(0.0) + 0.05


def test_no_annotator_sees_an_item_twice_and_abstentions_are_as_often_as_asked() -> None:
    drawn = simulate_crowd(Crowd(n_items=500, n_annotators=20, unsure_rate=0.2), 2)
    pairs = set(zip(drawn.votes.item.tolist(), drawn.votes.annotator.tolist(), strict=True))
    assert len(pairs) == drawn.votes.item.size
    unsure = drawn.votes.response == drawn.votes.n_classes
    assert unsure.mean() == pytest.approx(0.2, abs=0.02)


def test_drift_moves_people_between_their_first_votes_and_their_last() -> None:
    drawn = simulate_crowd(
        Crowd(n_items=5000, n_annotators=20, votes_per_item=10, skill_spread=0, drift=3.0, confidence=True), 3
    )
    still = simulate_crowd(Crowd(n_items=5000, n_annotators=20, votes_per_item=10, skill_spread=0), 3)

    def by_person(d: object) -> float:
        right = d.votes.response == d.truth[d.votes.item]  # type: ignore[attr-defined]
        who = d.votes.annotator  # type: ignore[attr-defined]
        return float((np.bincount(who, right) / np.bincount(who)).std())

    assert by_person(drawn) != by_person(still)


@pytest.mark.parametrize("knows_gold", [False, True])
def test_a_ring_lies_on_its_targets_alone(knows_gold: bool) -> None:
    ring = Ring(share=0.3, targets=0.2, knows_gold=knows_gold)
    drawn = simulate_crowd(Crowd(n_items=1000, n_annotators=40, mean_skill=0.9, gold_share=0.3, ring=ring), 0)
    votes = drawn.votes
    right = votes.response == drawn.truth[votes.item]
    member, target = drawn.in_ring[votes.annotator], drawn.attacked[votes.item]
    gold = drawn.is_gold[votes.item]
    assert drawn.in_ring.sum() == 12 and drawn.attacked.sum() == 200
    assert not right[member & target & ~gold].any()
    assert right[~member].mean() > 0.8 and right[member & ~target].mean() > 0.8
    assert (right[member & target & gold].mean() > 0.8) == knows_gold


@pytest.mark.parametrize("accuracy", [0.6, 0.77, 0.9])
def test_a_detector_is_as_good_as_asked_and_calibrated_unless_told(accuracy: float) -> None:
    truth = np.random.default_rng(0).integers(0, 2, 20_000).astype(np.int32)
    still = np.zeros(truth.size)
    p = simulate_scores(SimulatedDetector(auc_of_accuracy(accuracy)), truth, still, 2, 0)
    assert (p.argmax(axis=1) == truth).mean() == pytest.approx(accuracy, abs=0.01)
    sure = p[:, 1] > 0.8
    if sure.sum() > 200:
        assert truth[sure].mean() == pytest.approx(p[sure, 1].mean(), abs=0.03)
    over = simulate_scores(
        SimulatedDetector(auc_of_accuracy(accuracy), overconfidence=4.0), truth, still, 2, 0
    )
    assert_array_equal(over.argmax(axis=1), p.argmax(axis=1))
    assert over.max(axis=1).mean() > p.max(axis=1).mean() + 0.02


def test_a_detector_can_miss_what_people_miss_and_be_silent() -> None:
    rng = np.random.default_rng(0)
    truth, ease = rng.integers(0, 2, 20_000).astype(np.int32), rng.normal(0, 1.0, 20_000)
    detector = SimulatedDetector(auc_of_accuracy(0.77), shared=0.8, silent=0.25)
    p = simulate_scores(detector, truth, ease, 2, 0)
    heard = ~np.isnan(p[:, 0])
    assert heard.mean() == pytest.approx(0.75, abs=0.02)
    right = p[heard].argmax(axis=1) == truth[heard]
    assert right.mean() == pytest.approx(0.77, abs=0.01)
    assert right[ease[heard] > 0].mean() > right[ease[heard] < 0].mean() + 0.2


@pytest.mark.parametrize(
    "wrong", [{"n_items": 0}, {"mean_skill": 1.0}, {"spam_share": 1.5}, {"n_classes": 1}]
)
def test_a_crowd_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"crowd|mean_skill|shares"):
        Crowd(**wrong)  # type: ignore[arg-type]
