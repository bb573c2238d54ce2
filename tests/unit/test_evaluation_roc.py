"""Ranking measures against values worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury_ml.evaluation.roc import auc, equal_error_rate, roc_curve, true_rate_at


def test_a_perfect_ranking_has_auc_one_and_a_reversed_one_zero() -> None:
    assert auc([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]) == 1.0
    assert auc([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4]) == 0.0


def test_the_textbook_example_has_auc_three_quarters() -> None:
    # pairs (manipulated, authentic): .35 > .1 yes, .35 > .4 no, .8 > .1 yes, .8 > .4 yes -> 3 of 4
    assert auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75


def test_a_tie_between_the_classes_counts_half() -> None:
    # (.5, .5) half, (.5, .2) one, (.7, .5) one, (.7, .2) one -> 3.5 of 4
    assert auc([1, 0, 1, 0], [0.5, 0.5, 0.7, 0.2]) == 0.875


def test_a_constant_score_ranks_nothing() -> None:
    assert auc([0, 1, 1, 0, 1], [0.3] * 5) == 0.5


def test_one_class_alone_has_no_auc() -> None:
    assert auc([1, 1], [0.1, 0.2]) is None
    assert auc([], []) is None


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=40))
def test_auc_equals_the_share_of_pairs_in_order(items: list[tuple[int, int]]) -> None:
    manipulated = [score for label, score in items if label]
    authentic = [score for label, score in items if not label]
    pairs = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(manipulated, authentic)]
    expected = float(np.mean(pairs)) if pairs else None
    found = auc([label for label, _ in items], [score for _, score in items])
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_the_roc_curve_takes_tied_scores_in_one_step() -> None:
    false_rate, true_rate = roc_curve([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1])
    assert false_rate.tolist() == [0.0, 0.0, 0.5, 1.0]
    assert true_rate.tolist() == [0.0, 0.5, 1.0, 1.0]


def test_the_equal_error_rate_is_read_off_between_two_thresholds() -> None:
    # of 2 + 2 items the top is manipulated, the second authentic: errors meet at one half
    assert equal_error_rate([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]) == pytest.approx(0.5)
    assert equal_error_rate([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]) == pytest.approx(0.0)
    assert equal_error_rate([0, 1], [0.5, 0.5]) == pytest.approx(0.5)


def test_hits_at_ten_per_cent_false_alarms_are_the_most_the_alarms_allow() -> None:
    labels = [1] * 4 + [0] * 10
    scores = [0.95, 0.85, 0.75, 0.05] + [0.9, 0.8] + [0.1] * 8
    # thresholds: >.9 gives 1 hit, no alarm; >=.85 gives 2 hits and 1 alarm of 10; .8 would be 2 alarms
    assert true_rate_at(labels, scores, 0.10) == 0.5
    assert true_rate_at(labels, scores, 0.05) == 0.25


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1], [0.5], "one length"),
        ([0, 2], [0.5, 0.6], "labels must be 0"),
        ([0, 1], [0.5, float("nan")], "finite"),
    ],
)
def test_what_cannot_be_ranked_is_refused(labels: list[int], scores: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        auc(labels, scores)
