"""The pass over votes that all count 1 and carry no second code: most sets, and a third of the time.

The same sums as `passes`, as products: a vote multiplies what its item stands at, so that no exponential is taken
for an item, and one logarithm serves many. An item whose product leaves the range of floats is summed in
logarithms after all.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.sorting import Codes, Offsets

Floats = NDArray[np.float64]
ManyPass = Callable[[Offsets, Codes, Floats, Floats, Floats, Codes, Floats, Floats], float]

SMALL, LARGE = 1e-140, 1e140  # two numbers within multiply to one that is still exact


@compiled
def _settle_binary(lean: float, known: int) -> tuple[float, float]:
    """P(class 1) from its log-odds, or from the known class (else -1); the log evidence beyond class 0's."""
    if known >= 0:
        return (1.0, lean) if known == 1 else (0.0, 0.0)
    e = math.exp(-abs(lean))
    rest = 1.0 / (1.0 + e)
    return rest if lean >= 0.0 else e * rest, max(lean, 0.0) + math.log1p(e)


@compiled
def plain_binary_pass(
    start: Offsets,
    cells: Codes,
    lean: Floats,
    ratio: Floats,
    prior_lean: float,
    fixed: Codes,
    q1: Floats,
    counts1: Floats,
) -> tuple[float, float]:
    """As `passes.binary_pass`, with ratio = exp(lean); counts1 must be 0. Returns the log evidence and sum(q1)."""
    evidence, product, mass = 0.0, 1.0, 0.0
    prior_odds = math.exp(prior_lean)
    first = start[0]
    for i in range(start.size - 1):
        last = start[i + 1]
        odds = prior_odds
        for v in range(first, last):
            odds *= ratio[np.uint64(cells[v])]
        if fixed[i] < 0 and SMALL < odds < LARGE:
            q = odds / (1.0 + odds)
            product *= 1.0 + odds
            if product > LARGE:
                evidence += math.log(product)
                product = 1.0
        else:
            d = prior_lean
            for v in range(first, last):
                d += lean[np.uint64(cells[v])]
            q, more = _settle_binary(d, fixed[i])
            evidence += more
        q1[i] = q
        mass += q
        for v in range(first, last):
            counts1[np.uint64(cells[v])] += q
        first = last
    return evidence + math.log(product), mass


@compiled
def _settle(cells: Codes, table: Floats, log_prior: Floats, known: int, scores: Floats) -> float:
    """Fill scores with one item's posterior from logarithms (table: cells x classes); its log evidence."""
    scores[:] = log_prior
    for cell in cells:
        for k in range(scores.size):
            scores[k] += table[cell, k]
    if known >= 0:
        evidence = scores[known]
        for k in range(scores.size):
            scores[k] = 1.0 if k == known else 0.0
        return float(evidence)
    top = scores.max()
    total = 0.0
    for k in range(scores.size):
        scores[k] = math.exp(scores[k] - top)
        total += scores[k]
    for k in range(scores.size):
        scores[k] /= total
    return float(top + math.log(total))


@lru_cache
def plain_many_pass(n_classes: int) -> ManyPass:
    """`passes.many_pass` compiled for one number of classes.

    table: log P(cell | class), cells x classes. pairs: each cell's row of exp(table), then its row of expected
    counts (which must be 0), side by side, so that the second visit of a cell finds it in the nearest cache.
    q is flat, row after row; mass, the sum of its rows, is filled too.
    """
    row_size = 2 * n_classes

    def run(
        start: Offsets, cells: Codes, table: Floats, pairs: Floats, log_prior: Floats, fixed: Codes,
        q: Floats, mass: Floats,
    ) -> float:  # fmt: skip
        evidence, product = 0.0, 1.0
        prior, scores = np.exp(log_prior), np.empty(n_classes)
        mass[:] = 0.0
        first = start[0]
        for i in range(start.size - 1):
            last = start[i + 1]
            for k in range(n_classes):
                scores[k] = prior[k]
            for v in range(first, last):
                row = np.uint64(cells[v]) * np.uint64(row_size)
                for k in range(n_classes):
                    scores[k] *= pairs[row + np.uint64(k)]
            total = 0.0
            for k in range(n_classes):
                total += scores[k]
            if fixed[i] < 0 and total > SMALL:
                share = 1.0 / total
                for k in range(n_classes):
                    scores[k] *= share
                product *= total
                if product < SMALL:
                    evidence += math.log(product)
                    product = 1.0
            else:
                evidence += _settle(cells[first:last], table, log_prior, fixed[i], scores)
            for k in range(n_classes):
                q[i * n_classes + k] = scores[k]
                mass[k] += scores[k]
            for v in range(first, last):
                row = np.uint64(cells[v]) * np.uint64(row_size) + np.uint64(n_classes)
                for k in range(n_classes):
                    pairs[row + np.uint64(k)] += scores[k]
            first = last
        return evidence + math.log(product)

    return compiled(run)
