"""Several detectors, their families and conditions, on top of the people's answer; and items that none answered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from clipjury_ml.consensus.consensus import Consensus, choose_labels, find_consensus
from clipjury_ml.consensus.detector_relations import relate
from clipjury_ml.consensus.scores import Scores, align_scores
from clipjury_ml.consensus.simulated_crowd import Crowd, SimulatedVotes, simulate_crowd
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy, simulate_scores

GOOD = SimulatedDetector(auc_of_accuracy(0.77), overconfidence=2.0)


def draw(seed: int = 0, n_gold: int = 0, **crowd: object) -> tuple[SimulatedVotes, dict[str, str]]:
    drawn = simulate_crowd(Crowd(**crowd), seed)  # type: ignore[arg-type]
    at = np.random.default_rng([seed, 9]).permutation(len(drawn.truth))[:n_gold]
    return drawn, {drawn.votes.items[i]: drawn.votes.classes[drawn.truth[i]] for i in at}


def score(drawn: SimulatedVotes, seed: int, detector: SimulatedDetector = GOOD) -> np.ndarray:
    return simulate_scores(detector, drawn.truth, drawn.ease, drawn.votes.n_classes, seed)


def log_loss(found: Consensus, drawn: SimulatedVotes) -> float:
    unseen = np.flatnonzero(found.fixed < 0)
    return float(-np.log(found.full[unseen, drawn.truth[unseen]]).mean())


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 500),
    n_gold=st.sampled_from([0, 10, 60]),
    silent=st.sampled_from([0.3, 0.9]),
    n_detectors=st.integers(1, 2),
)
def test_an_item_that_no_detector_answered_has_the_peoples_answer(
    seed: int, n_gold: int, silent: float, n_detectors: int
) -> None:
    drawn, gold = draw(seed, n_gold, n_items=150, n_annotators=12)
    detector = SimulatedDetector(0.9, 3.0, silent=silent)
    p = np.stack([score(drawn, seed + d, detector) for d in range(n_detectors)])
    scores = Scores([f"d{d}" for d in range(n_detectors)], p)
    found = find_consensus(drawn.votes, gold, scores)
    unheard = ~scores.answered.any(axis=0)
    assert unheard.any()
    assert found.full[unheard].tobytes() == found.people[unheard].tobytes()
    assert found.full_holdout[unheard].tobytes() == found.people_holdout[unheard].tobytes()


def test_silence_on_gold_does_not_take_the_detectors_share_away() -> None:
    """A detector that is always right where it speaks is believed there, however much gold it leaves unanswered."""
    drawn, gold = draw(4, 200, n_items=600, mean_skill=0.55)
    right = np.full((600, 2), 0.05)
    right[np.arange(600), drawn.truth] = 0.95
    right[np.random.default_rng(4).random(600) < 0.7] = np.nan
    found = find_consensus(drawn.votes, gold, Scores(["d"], right[None]))
    heard = np.isfinite(right[:, 0]) & (found.fixed < 0)
    assert found.log["detectors"] == "calibrated on gold"
    assert found.full[heard, drawn.truth[heard]].min() > 0.9


@pytest.mark.parametrize("n_gold", [0, 20, 80])
@pytest.mark.parametrize("copies", [2, 3])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 500), n_classes=st.integers(2, 3), beside=st.booleans())
def test_copies_of_one_detector_in_one_family_count_as_one(
    copies: int, n_gold: int, seed: int, n_classes: int, beside: bool
) -> None:
    drawn, gold = draw(seed, n_gold, n_items=160, n_annotators=12, n_classes=n_classes)
    p = score(drawn, seed)
    other = [score(drawn, seed + 1, SimulatedDetector(0.7))] if beside else []
    names = ["z"] * len(other)
    bands = np.random.default_rng(seed).integers(0, 2, drawn.truth.size).astype(np.int32)
    unknown = [np.full_like(bands, -1)] * len(other)
    one = Scores(["a", *names], np.stack([p, *other]), conditions="xy", condition=np.stack([bands, *unknown]))
    several = Scores(
        [*(f"a{c}" for c in range(copies)), *names],
        np.stack([*[p] * copies, *other]),
        families=[*["a"] * copies, *[""] * len(other)],
        conditions="xy",
        condition=np.stack([*[bands] * copies, *unknown]),
    )
    first, second = (find_consensus(drawn.votes, gold, scores) for scores in (one, several))
    assert_allclose(second.full, first.full, atol=1e-6)
    assert_allclose(second.full_holdout, first.full_holdout, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 500), silent=st.sampled_from([0.0, 0.4]))
def test_without_gold_no_number_of_detectors_moves_an_item_further_than_one(seed: int, silent: float) -> None:
    drawn, _ = draw(seed, n_items=80, n_annotators=8)
    p = np.stack([score(drawn, seed + d, SimulatedDetector(0.9, 4.0, silent=silent)) for d in range(4)])
    for families in ([], ["f", "f", "g", ""], ["f"] * 4):
        scores = Scores(list("abcd"), p, families=families)
        shift = scores.uncalibrated_shift()
        assert np.abs(shift[:, 1] - shift[:, 0]).max() <= 0.6 * 2.0 + 1e-12


def related_scores(seed: int, shared: float) -> tuple[Scores, np.ndarray]:
    """Three detectors that share a part of their noise's variance, declared one family; and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, 400).astype(np.int32)
    noise = np.sqrt(shared) * rng.normal(size=400) + np.sqrt(1.0 - shared) * rng.normal(size=(3, 400))
    p = 1.0 / (1.0 + np.exp(-(2.0 * truth - 1.0 + noise)))
    return Scores(list("abc"), np.stack([1.0 - p, p], axis=2), families=["f"] * 3), truth


def test_gold_loosens_a_family_whose_members_differ() -> None:
    for shared in (0.0, 0.5, 0.95):
        scores, truth = related_scores(1, shared)
        ties = []
        for n_gold in (0, 10, 400):
            fixed = np.where(np.arange(400) < n_gold, truth, -1).astype(np.int32)
            ties.append(float(relate(scores, fixed)[0, 1]))
        assert ties[0] == 1.0 and ties[1] > 0.75
        assert ties[2] == pytest.approx(shared, abs=0.15)


def test_without_a_family_detectors_are_unrelated_whatever_gold_says() -> None:
    scores, truth = related_scores(2, 0.95)
    assert_array_equal(relate(replace(scores, families=[]), truth), np.eye(3))


def test_copies_stay_one_however_much_gold_there_is() -> None:
    scores, truth = related_scores(3, 0.5)
    copies = replace(scores, p=np.stack([scores.p[0]] * 3))
    assert_allclose(relate(copies, truth), 1.0, atol=1e-12)


def test_a_family_without_gold_is_heard_as_its_average() -> None:
    drawn, _ = draw(2, n_items=60)
    a, b, c = (score(drawn, seed) for seed in (1, 2, 3))
    shift = Scores(list("abc"), np.stack([a, b, c]), families=["f", "f", ""]).uncalibrated_shift()
    alone = [Scores(["x"], p[None]).uncalibrated_shift() for p in (a, b, c)]
    assert_allclose(shift, ((alone[0] + alone[1]) / 2 + alone[2]) / 2, atol=1e-12)


def banded_scores(drawn: SimulatedVotes, seed: int) -> tuple[Scores, Scores]:
    """A detector that ranks on clean items and answers the other way round on compressed ones: told, and untold."""
    p = score(drawn, seed, SimulatedDetector(0.9, 1.5))
    compressed = np.random.default_rng([seed, 4]).random(len(drawn.truth)) < 0.5
    p[compressed] = p[compressed][:, ::-1]
    plain = Scores(["d"], p[None])
    told = replace(plain, conditions=["clean", "compressed"], condition=compressed.astype(np.int32)[None])
    return plain, told


def test_gold_tells_what_a_score_is_worth_in_each_condition() -> None:
    gains = []
    for seed in range(3):
        drawn, gold = draw(seed, 120, n_items=600, mean_skill=0.6)
        plain, told = (find_consensus(drawn.votes, gold, scores) for scores in banded_scores(drawn, seed))
        gains.append(log_loss(plain, drawn) - log_loss(told, drawn))
    assert min(gains) > 0.05


def test_conditions_that_make_no_difference_cost_next_to_nothing() -> None:
    costs = []
    for seed in range(6):
        drawn, gold = draw(seed, 100, n_items=600, mean_skill=0.6)
        plain = Scores(["d"], score(drawn, seed)[None])
        bands = np.random.default_rng([seed, 4]).integers(0, 3, len(drawn.truth)).astype(np.int32)
        told = replace(plain, conditions=["x", "y", "z"], condition=bands[None])
        found = [find_consensus(drawn.votes, gold, scores) for scores in (plain, told)]
        costs.append(log_loss(found[1], drawn) - log_loss(found[0], drawn))
    assert np.mean(costs) < 0.01


def test_a_condition_without_enough_gold_keeps_the_versions_pooled_calibration() -> None:
    drawn, gold = draw(3, 90, n_items=400)
    plain = Scores(["d"], score(drawn, 3)[None])
    rare = np.full(len(drawn.truth), -1, np.int32)
    rare[[drawn.votes.items.index(item) for item in sorted(gold)[:4]]] = 0
    told = replace(plain, conditions=["rare"], condition=rare[None])
    one, other = (find_consensus(drawn.votes, gold, scores) for scores in (plain, told))
    assert one.full.tobytes() == other.full.tobytes()


def test_without_gold_conditions_change_nothing() -> None:
    drawn, _ = draw(3, n_items=200)
    plain, told = banded_scores(drawn, 3)
    one, other = (find_consensus(drawn.votes, None, scores) for scores in (plain, told))
    assert one.full.tobytes() == other.full.tobytes()


def test_the_log_tells_what_each_version_is_worth_and_where() -> None:
    drawn, gold = draw(1, 120, n_items=500, mean_skill=0.6)
    _, told = banded_scores(drawn, 1)
    log = find_consensus(drawn.votes, gold, told).log
    entry = log["parameters"]["detectors"]["d"]
    assert entry["family"] == "d" and entry["answered"] == 500 and entry["gold"] == 120
    bands = entry["conditions"]
    assert sum(band["gold"] for band in bands.values()) == 120
    assert bands["clean"]["weight"] > 0.3 > bands["compressed"]["weight"]


def test_scores_are_aligned_with_their_families_and_conditions() -> None:
    rows = {"v2": {"b": {"x": 0.9, "y": 0.1}}, "v1": {"a": {"x": 0.2, "y": 0.8}, "b": {"x": 0.5, "y": 0.5}}}
    scores = align_scores(
        ["a", "b"], ["x", "y"], rows, families={"v1": "f", "v2": "f"}, conditions={"v1": {"b": "dark"}}
    )
    assert scores.detectors == ["v1", "v2"] and scores.families == ["f", "f"]
    assert scores.conditions == ["dark"]
    assert_array_equal(scores.condition, [[-1, 0], [-1, -1]])
    assert_array_equal(scores.answered, [[True, True], [False, True]])


def test_labels_follow_the_answer() -> None:
    drawn, gold = draw(6, 60, n_items=200)
    found = find_consensus(drawn.votes, gold, Scores(["d"], score(drawn, 6)[None]))
    assert_array_equal(found.answer()[1], choose_labels(found.full))
