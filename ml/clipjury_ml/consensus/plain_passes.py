"""The pass over votes that carry no second code: most sets, and half of the time.

The same sums as `passes`, with loops of fixed length and one logarithm for many items. What a vote reads and
what it adds to lie side by side, so that the second visit of a cell finds it in the nearest cache.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.sorting import Codes, Offsets

Floats = NDArray[np.float64]
ManyPass = Callable[[Offsets, Codes, Floats, Floats, Floats, Codes, Floats], float]

LARGE = 1e200  # a product of normalisers is logged before it overflows


@compiled
def plain_binary_pass(
    start: Offsets,
    cells: Codes,
    weight: Floats,
    pairs: Floats,
    prior_lean: float,
    fixed: Codes,
    q1: Floats,
) -> float:
    """As `passes.binary_pass`. pairs: lean and expected count of each cell in turn; the counts must be 0."""
    evidence, product = 0.0, 1.0
    weighted = weight.size > 0
    for i in range(start.size - 1):
        d = prior_lean
        if weighted:
            for v in range(start[i], start[i + 1]):
                d += weight[v] * pairs[2 * cells[v]]
        else:
            for v in range(start[i], start[i + 1]):
                d += pairs[2 * cells[v]]
        if fixed[i] < 0:
            e = math.exp(-abs(d))
            rest = 1.0 / (1.0 + e)
            q = rest if d >= 0.0 else e * rest
            evidence += max(d, 0.0)
            product *= 1.0 + e
            if product > LARGE:
                evidence += math.log(product)
                product = 1.0
        else:
            q = 1.0 if fixed[i] == 1 else 0.0
            evidence += d * q
        q1[i] = q
        if weighted:
            for v in range(start[i], start[i + 1]):
                pairs[2 * cells[v] + 1] += weight[v] * q
        else:
            for v in range(start[i], start[i + 1]):
                pairs[2 * cells[v] + 1] += q
    return evidence + math.log(product)


@lru_cache
def plain_many_pass(n_classes: int) -> ManyPass:
    """`passes.many_pass` compiled for one number of classes.

    pairs: each cell's row of the table, then its row of expected counts (which must be 0), cell after cell; q is
    flat too, row after row.
    """

    def run(
        start: Offsets, cells: Codes, weight: Floats, pairs: Floats, log_prior: Floats, fixed: Codes, q: Floats,
    ) -> float:  # fmt: skip
        evidence, product = 0.0, 1.0
        weighted = weight.size > 0
        scores = np.empty(n_classes)
        for i in range(start.size - 1):
            for k in range(n_classes):
                scores[k] = log_prior[k]
            for v in range(start[i], start[i + 1]):
                row = cells[v] * 2 * n_classes
                w = weight[v] if weighted else 1.0
                for k in range(n_classes):
                    scores[k] += w * pairs[row + k]
            if fixed[i] < 0:
                top = scores[0]
                for k in range(1, n_classes):
                    top = max(top, scores[k])
                total = 0.0
                for k in range(n_classes):
                    scores[k] = math.exp(scores[k] - top)
                    total += scores[k]
                for k in range(n_classes):
                    scores[k] /= total
                evidence += top
                product *= total
                if product > LARGE:
                    evidence += math.log(product)
                    product = 1.0
            else:
                evidence += scores[fixed[i]]
                for k in range(n_classes):
                    scores[k] = 1.0 if k == fixed[i] else 0.0
            for k in range(n_classes):
                q[i * n_classes + k] = scores[k]
            for v in range(start[i], start[i + 1]):
                row = cells[v] * 2 * n_classes
                w = weight[v] if weighted else 1.0
                for k in range(n_classes):
                    pairs[row + n_classes + k] += w * scores[k]
        return evidence + math.log(product)

    return compiled(run)
