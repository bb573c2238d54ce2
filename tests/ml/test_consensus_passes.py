"""The fast passes over plain votes give what the passes in logarithms give, far beyond the range of floats too."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from clipjury_ml.consensus.passes import binary_pass, many_pass
from clipjury_ml.consensus.plain_passes import plain_binary_pass, plain_many_pass

NO_CODES, NOTHING = np.empty(0, np.int32), np.empty(0)
SPREADS = st.sampled_from([0.1, 2.0, 60.0])  # of the logarithms: up to ones whose products no float holds


def draw_votes(seed: int, n_cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    start = np.concatenate([[0], rng.integers(0, 40, 25).cumsum()])  # items without a vote among them
    cells = rng.integers(0, n_cells, start[-1]).astype(np.int32)
    fixed = np.where(rng.random(25) < 0.2, rng.integers(0, 2, 25), -1).astype(np.int32)
    return start, cells, fixed, rng


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), spread=SPREADS)
def test_two_classes(seed: int, spread: float) -> None:
    start, cells, fixed, rng = draw_votes(seed, 30)
    lean = spread * rng.normal(size=30)
    slow_q, fast_q, slow, fast = np.empty(25), np.empty(25), np.zeros(30), np.zeros(30)
    evidence = binary_pass(
        start, cells, lean, NO_CODES, np.zeros(1), NOTHING, 0.3, fixed, slow_q, slow, np.zeros(1)
    )
    found, mass = plain_binary_pass(start, cells, lean, np.exp(lean), 0.3, fixed, fast_q, fast)
    assert_allclose(fast_q, slow_q, rtol=1e-9, atol=1e-300)
    assert_allclose(fast, slow, rtol=1e-9, atol=1e-12)
    assert_allclose([found, mass], [evidence, slow_q.sum()], rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), spread=SPREADS, n_classes=st.sampled_from([3, 5]))
def test_more_classes(seed: int, spread: float, n_classes: int) -> None:
    start, cells, fixed, rng = draw_votes(seed, 30)
    table = -np.abs(spread * rng.normal(size=(30, n_classes)))
    log_prior = np.log(np.full(n_classes, 1.0 / n_classes))
    slow_q, slow = np.empty((25, n_classes)), np.zeros((30, n_classes))
    nobody = np.zeros((1, n_classes))
    evidence = many_pass(
        start, cells, table, NO_CODES, nobody, NOTHING, log_prior, fixed, slow_q, slow, nobody.copy()
    )
    fast_q, mass = np.empty(25 * n_classes), np.empty(n_classes)
    pairs = np.concatenate([np.exp(table), np.zeros_like(table)], axis=1).ravel()
    run = plain_many_pass(n_classes)
    found = run(start, cells, table, pairs, log_prior, fixed, fast_q, mass)
    assert_allclose(fast_q.reshape(25, n_classes), slow_q, rtol=1e-9, atol=1e-12)
    assert_allclose(pairs.reshape(30, -1)[:, n_classes:], slow, rtol=1e-9, atol=1e-9)
    assert_allclose(mass, slow_q.sum(axis=0), rtol=1e-9)
    assert_allclose(found, evidence, rtol=1e-9)
