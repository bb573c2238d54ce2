"""The default rule: which answers when, what detectors may do, what an attack does to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.consensus import choose_labels, find_consensus, with_and_without
from clipjury_ml.consensus.folds import deal_folds
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_crowd import Crowd, SimulatedVotes, simulate_crowd
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy, simulate_scores
from clipjury_ml.consensus.simulated_ring import Ring

GOOD_DETECTOR = SimulatedDetector(auc_of_accuracy(0.77), overconfidence=2.0)


def draw(seed: int = 0, n_gold: int = 0, **crowd: object) -> tuple[SimulatedVotes, dict[str, str]]:
    drawn = simulate_crowd(Crowd(**crowd), seed)  # type: ignore[arg-type]
    at = np.random.default_rng([seed, 9]).permutation(len(drawn.truth))[:n_gold]
    return drawn, {drawn.votes.items[i]: drawn.votes.classes[drawn.truth[i]] for i in at}


def scores_of(drawn: SimulatedVotes, seed: int = 1, detector: SimulatedDetector = GOOD_DETECTOR) -> Scores:
    p = simulate_scores(detector, drawn.truth, drawn.ease, drawn.votes.n_classes, seed)
    return Scores(["d"], p[None])


def accuracy(p: np.ndarray, drawn: SimulatedVotes, where: np.ndarray | None = None) -> float:
    right = choose_labels(p) == drawn.truth
    return float(right.mean() if where is None else right[where].mean())


@pytest.mark.parametrize(
    ("n_gold", "rule", "detectors"),
    [
        (0, "mean", "uncalibrated"),
        (1, "mean and stack, mixed", "few gold"),
        (49, "mean and stack, mixed", "few gold"),
        (50, "stack", "calibrated on gold"),
    ],
)
def test_gold_decides_the_rule(n_gold: int, rule: str, detectors: str) -> None:
    drawn, gold = draw(n_items=200, n_gold=n_gold)
    result = find_consensus(drawn.votes, gold, scores_of(drawn))
    assert (result.log["rule"], result.log["detectors"]) == (rule, detectors)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 500),
    n_gold=st.sampled_from([0, 5, 60]),
    silent=st.sampled_from([0.0, 0.5, 1.0]),
    families=st.sampled_from([[], ["f", "f"], ["f", ""]]),
)
def test_scores_change_no_byte_of_the_people_fit(
    seed: int, n_gold: int, silent: float, families: list[str]
) -> None:
    drawn, gold = draw(seed, n_gold, n_items=120, n_annotators=12)
    alone = find_consensus(drawn.votes, gold)
    detector = SimulatedDetector(0.9, 5.0, silent=silent)
    p = np.concatenate([scores_of(drawn, seed + d, detector).p for d in range(2)])
    bands = np.random.default_rng(seed).integers(-1, 2, p.shape[:2]).astype(np.int32)
    scores = Scores(["d", "e"], p, families=families, conditions=["x", "y"], condition=bands)
    scored = find_consensus(drawn.votes, gold, scores)
    for name in ("people", "people_holdout", "n_effective"):
        assert getattr(alone, name).tobytes() == getattr(scored, name).tobytes(), name
    for name in ("skill", "low", "high", "weight"):
        assert getattr(alone.skills, name).tobytes() == getattr(scored.skills, name).tobytes(), name


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 500), n_gold=st.integers(1, 80), n_classes=st.integers(2, 3))
def test_gold_never_lowers_accuracy_on_itself(seed: int, n_gold: int, n_classes: int) -> None:
    drawn, gold = draw(seed, n_gold, n_items=120, n_annotators=12, mean_skill=0.5, n_classes=n_classes)
    result = find_consensus(drawn.votes, gold)
    rows = np.flatnonzero(result.fixed >= 0)
    assert_array_equal(choose_labels(result.full)[rows], result.fixed[rows])


def test_a_gold_items_own_label_has_no_part_in_its_cross_fitted_answer() -> None:
    drawn, gold = draw(3, 60, n_items=150)
    item = sorted(gold)[0]
    at = drawn.votes.items.index(item)
    turned = {**gold, item: "1" if gold[item] == "0" else "0"}
    before = find_consensus(drawn.votes, gold, scores_of(drawn)).full_holdout[at]
    after = find_consensus(drawn.votes, turned, scores_of(drawn)).full_holdout[at]
    # Folds are dealt by class, so a turned label moves some other item to another fold; nothing else moves it.
    assert np.abs(before - after).max() < 0.1
    assert before.argmax() == after.argmax()


def test_folds_depend_on_names_and_seed_alone() -> None:
    items = [f"i{i}" for i in range(40)]
    fixed = np.array([i % 3 - 1 for i in range(40)], np.int32)
    folds = deal_folds(items, fixed, 0)
    order = np.random.default_rng(0).permutation(40)
    assert_array_equal(deal_folds([items[i] for i in order], fixed[order], 0), folds[order])
    assert_array_equal(deal_folds(items, np.where(fixed < 0, -1, 1 - fixed).astype(np.int32), 0), folds)
    assert ((folds < 0) == (fixed < 0)).all() and not np.array_equal(folds, deal_folds(items, fixed, 1))


@pytest.mark.parametrize("n_gold", [50, 100])
def test_a_crowd_near_chance_does_not_destroy_a_good_detector(n_gold: int) -> None:
    gaps, reached = [], []
    for seed in range(4):
        drawn, gold = draw(
            seed,
            n_gold,
            n_items=800,
            mean_skill=0.55,
            skill_spread=0.05,
            shared_misses=1.0,
            votes_per_item=10,
        )
        scores = scores_of(drawn, seed)
        result = find_consensus(drawn.votes, gold, scores)
        unseen = result.fixed < 0
        reached.append(accuracy(result.full, drawn, unseen))
        gaps.append(reached[-1] - accuracy(scores.p[0], drawn, unseen))
    assert np.mean(reached) >= 0.75
    assert min(gaps) > -0.02


def test_a_ring_moves_the_answer_less_than_dawid_and_skenes() -> None:
    ours, theirs = [], []
    for seed in range(3):
        drawn, gold = draw(seed, 50, mean_skill=0.8, votes_per_item=12, ring=Ring(share=0.4, targets=0.2))
        attacked = drawn.attacked.copy()
        attacked[[drawn.votes.items.index(item) for item in gold]] = False
        ours.append(accuracy(find_consensus(drawn.votes, gold).full, drawn, attacked))
        theirs.append(accuracy(find_consensus(drawn.votes, gold, method="dawid-skene").full, drawn, attacked))
    assert np.mean(ours) > np.mean(theirs) + 0.1


def test_the_answer_with_and_without_some_annotators() -> None:
    drawn, gold = draw(1, 20, n_items=100, n_annotators=10)
    names = drawn.votes.annotators[:3]
    whole, rest = with_and_without(drawn.votes, names, gold)
    assert whole.votes.items == rest.votes.items
    assert not set(np.unique(rest.votes.annotator)) & {0, 1, 2}
    assert_array_equal(rest.full, find_consensus(drawn.votes.without(names), gold).full)
    assert not np.array_equal(whole.full, rest.full)


def test_confidence_helps_where_people_know_when_they_are_right() -> None:
    with_it, without = [], []
    for seed in range(3):
        drawn, _ = draw(seed, n_items=500, mean_skill=0.65, shared_misses=0.5, confidence=True, knowing=0.5)
        with_it.append(accuracy(ClipJury().fit(drawn.votes).people_, drawn))
        without.append(accuracy(ClipJury(use_confidence=False).fit(drawn.votes).people_, drawn))
    assert np.mean(with_it) > np.mean(without) + 0.05


def test_confidence_does_no_harm_where_they_do_not_know() -> None:
    with_it, without = [], []
    for seed in range(4):
        drawn, _ = draw(seed, n_items=500, mean_skill=0.7, shared_misses=0.7, confidence=True, knowing=0.0)
        with_it.append(accuracy(ClipJury().fit(drawn.votes).people_, drawn))
        without.append(accuracy(ClipJury(use_confidence=False).fit(drawn.votes).people_, drawn))
    assert np.mean(with_it) > np.mean(without) - 0.01


def test_skill_intervals_cover_where_votes_are_independent() -> None:
    inside, total = 0, 0
    for seed in range(4):
        drawn, _ = draw(seed, n_items=600, n_annotators=30, mean_skill=0.72, votes_per_item=8)
        skills = find_consensus(drawn.votes).skills
        inside += int(((skills.low <= drawn.skill) & (drawn.skill <= skills.high)).sum())
        total += len(drawn.skill)
    assert 0.88 <= inside / total <= 1.0


def test_a_single_class_and_a_single_vote_are_answered() -> None:
    drawn, _ = draw(n_items=1, n_annotators=1, votes_per_item=1)
    result = find_consensus(drawn.votes)
    assert result.full.shape == (1, 2)


def test_one_vote_an_item_is_answered_by_what_was_voted() -> None:
    drawn = simulate_crowd(Crowd(n_items=300, votes_per_item=12), 3)
    first = drawn.votes.keep(np.append(True, np.diff(drawn.votes.item) > 0))
    posteriors = ClipJury().fit(first).posteriors_
    assert (posteriors.argmax(axis=1) == first.counts.argmax(axis=1)).all()
