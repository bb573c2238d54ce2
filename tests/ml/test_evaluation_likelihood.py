"""Likelihood ratios from scores: what they must do whatever the scores, and what theory says they come to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury_ml.evaluation.likelihood import (
    cross_fit,
    find_bounds,
    fit_calibration,
    least_log_ratio_cost,
    log_ratio_cost,
    logits,
)

PAIRS = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=40
).filter(lambda found: len({label for label, _ in found}) == 2)  # fmt: skip


def gaussian(n: int, apart: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Scores whose true log LR is `apart` × x + 0 for unit Gaussians at ± apart / 2, given as x itself."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], n)
    return labels, rng.normal(np.where(labels == 1, apart / 2, -apart / 2), 1.0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_the_line_through_gaussian_scores_is_the_one_theory_gives() -> None:
    labels, x = gaussian(20_000, 1.5)
    found = fit_calibration(labels, sigmoid(3 * x + 1))
    assert found.slope == pytest.approx(1.5 / 3, abs=0.02)
    assert found.intercept == pytest.approx(-1.5 / 3, abs=0.03)


def test_the_share_of_the_labels_does_not_matter() -> None:
    labels, x = gaussian(20_000, 1.5)
    few = np.concatenate([np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)[:2_000]])
    assert fit_calibration(labels[few], sigmoid(x[few])).intercept == pytest.approx(0, abs=0.08)


def test_scores_that_say_nothing_become_a_ratio_of_one() -> None:
    labels = np.repeat([0, 1], 25)
    scores = np.tile(np.linspace(0.01, 0.99, 25), 2)
    found = fit_calibration(labels, scores)
    assert found.log_ratios([0.0, 0.3, 1.0]) == pytest.approx(np.zeros(3), abs=1e-9)
    assert log_ratio_cost(labels, found.log_ratios(scores)) == pytest.approx(1.0)


def test_a_detector_that_ranks_in_reverse_is_turned_round() -> None:
    labels, x = gaussian(200, 2.0)
    found = fit_calibration(labels, sigmoid(-x))
    assert found.slope < 0
    assert log_ratio_cost(labels, found.log_ratios(sigmoid(-x))) < 0.75


@pytest.mark.parametrize("n", [10, 50, 1000])
def test_items_that_never_mislead_support_a_ratio_of_about_their_number(n: int) -> None:
    low, high = find_bounds(np.repeat([0, 1], n), np.repeat([-30.0, 30.0], n))
    assert high == pytest.approx(np.log(n), abs=0.02)
    assert low == pytest.approx(-np.log(n), abs=0.02)


def test_too_few_items_support_nothing() -> None:
    assert find_bounds([0, 1], [-30.0, 30.0]) == (0.0, 0.0)


@given(PAIRS)
def test_bounds_hold_and_calibration_is_monotone(pairs: list[tuple[bool, float]]) -> None:
    labels, scores = [int(label) for label, _ in pairs], [score for _, score in pairs]
    found = fit_calibration(labels, scores)
    ratios = found.log_ratios(np.linspace(0, 1, 21))
    assert found.log_low <= 0.0 <= found.log_high
    assert ratios.min() >= found.log_low
    assert ratios.max() <= found.log_high
    steps = np.diff(ratios) * np.sign(found.slope)
    assert (steps >= -1e-12).all()


@given(PAIRS)
def test_no_calibration_costs_less_than_the_best_monotone_one(pairs: list[tuple[bool, float]]) -> None:
    labels, scores = [int(label) for label, _ in pairs], [score for _, score in pairs]
    least = least_log_ratio_cost(labels, scores)
    assert -1e-12 <= least <= 1.0 + 1e-12
    assert least <= log_ratio_cost(labels, logits(scores)) + 1e-9


def test_cost_by_hand() -> None:
    assert log_ratio_cost([1, 0], [np.log(3), -np.log(3)]) == pytest.approx(np.log2(4 / 3))
    assert log_ratio_cost([1, 0], [0.0, 0.0]) == 1.0
    assert least_log_ratio_cost([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]) == 0.0
    assert least_log_ratio_cost([1, 0], [0.1, 0.9]) == 1.0


def test_a_group_is_judged_by_what_others_taught() -> None:
    labels, x = gaussian(30, 3.0)
    groups = [str(number % 30) for number in range(60)]
    found = cross_fit(labels, sigmoid(x), groups)
    assert found is not None
    assert log_ratio_cost(labels, found) < 0.7
    mirrored = labels.copy()
    mirrored[[0, 30]] = 1 - mirrored[[0, 30]]  # the labels of one group alone
    again = cross_fit(mirrored, sigmoid(x), groups)
    assert again is not None
    assert again[[0, 30]] == pytest.approx(found[[0, 30]], abs=1e-12)


def test_one_item_of_a_label_cannot_be_cross_fitted() -> None:
    assert cross_fit([0] * 10 + [1], np.linspace(0, 1, 11), [str(n) for n in range(11)]) is None


@pytest.mark.parametrize("scores", [[0.1, 1.2], [0.1, float("nan")]])
def test_scores_that_are_no_probabilities_are_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="scores must"):
        fit_calibration([0, 1], scores)


def test_one_label_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="both labels"):
        fit_calibration([1, 1], [0.2, 0.4])
