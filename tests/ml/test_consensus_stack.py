"""How candidates are mixed: by gold they did not see, and no further than gold can tell."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from clipjury_ml.consensus.stack import cautious_shares, mixing_shares, stack

FALLBACK = 2


def likelihoods(n: int, gain: float, noise: float = 0.5) -> np.ndarray:
    """Of three candidates, the first better than the fallback by `gain` on average."""
    rng = np.random.default_rng(n)
    fallback = rng.uniform(0.3, 0.9, n)
    first = np.exp(np.log(fallback) + gain + noise * rng.normal(size=n))
    return np.stack([first, 0.9 * fallback, fallback], axis=1)


def test_the_fallback_answers_where_gold_shows_no_difference() -> None:
    assert cautious_shares(likelihoods(50, -0.2), FALLBACK)[FALLBACK] > 0.9
    assert (
        cautious_shares(likelihoods(50, 0.02), FALLBACK)[FALLBACK]
        > mixing_shares(likelihoods(50, 0.02))[FALLBACK]
    )


def test_it_steps_back_where_gold_shows_that_the_others_are_better() -> None:
    clear = likelihoods(100, 0.4)
    assert_allclose(cautious_shares(clear, FALLBACK), mixing_shares(clear), atol=1e-3)


def test_more_gold_for_the_same_gain_leaves_less_to_it() -> None:
    shares = [cautious_shares(np.tile(likelihoods(25, 0.1), (n, 1)), FALLBACK)[FALLBACK] for n in (1, 4, 16)]
    assert shares[0] > shares[1] > shares[2]


def test_shares_sum_to_one_and_no_fallback_is_the_plain_mixture() -> None:
    some = likelihoods(30, 0.05)
    assert_allclose(cautious_shares(some, FALLBACK).sum(), 1.0)
    assert_allclose(cautious_shares(some, None), mixing_shares(some))


def test_only_judged_gold_decides_the_mixture() -> None:
    rng = np.random.default_rng(3)
    n = 120
    truth = rng.integers(0, 2, n).astype(np.int32)
    folds = (np.arange(n) % 5).astype(np.int32)
    sure = np.full((n, 2), 0.2)
    sure[np.arange(n), truth] = 0.8
    judged = np.arange(n) < 60
    sure[~judged] = sure[~judged][:, ::-1]  # wrong where it is not judged
    as_is = {"sure": sure, "even": np.full((n, 2), 0.5)}
    found = stack([], {}, as_is, truth, folds, judged=judged)
    part = stack([], {}, {k: p[judged] for k, p in as_is.items()}, truth[judged], folds[judged])
    assert found.shares == part.shares and found.gold_loss == part.gold_loss
    assert found.shares["sure"] > 0.9 > stack([], {}, as_is, truth, folds).shares["sure"]
