"""How candidates are mixed: by gold they did not see, and no further than gold can tell."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from clipjury_ml.consensus.stack import cautious_shares, mixing_shares

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
