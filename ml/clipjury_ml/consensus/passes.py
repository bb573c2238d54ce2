"""One pass over the votes: posteriors of the items out of tables, and expected counts out of the posteriors.

This is where the time goes. Each vote is one code of four bytes; sums run in the order of the sorted votes, so
that the same votes give the same bits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.compiled import compiled
from clipjury_ml.consensus.sorting import Codes, Offsets

Floats = NDArray[np.float64]


@compiled
def binary_pass(
    start: Offsets,
    cells: Codes,
    lean: Floats,
    marks: Codes,
    mark_lean: Floats,
    weight: Floats,
    prior_lean: float,
    fixed: Codes,
    q1: Floats,
    counts1: Floats,
    mark_counts1: Floats,
) -> float:
    """Two classes. Fills q1 = P(class 1) and its expected counts; returns the log evidence beyond class 0's.

    lean: log P(cell | class 1) - log P(cell | class 0); marks: a second code of each vote (its level of
    confidence), or empty; fixed: the class of a gold item, else -1. Where the whole evidence is wanted, add the
    sum of log P(cell | class 0) over the votes and log of the prior of class 0 over the items.
    """
    counts1[:] = 0.0
    mark_counts1[:] = 0.0
    evidence = 0.0
    weighted, marked = weight.size > 0, marks.size > 0
    for i in range(start.size - 1):
        d = prior_lean
        for v in range(start[i], start[i + 1]):
            step = lean[cells[v]]
            if marked:
                step += mark_lean[marks[v]]
            d += step * weight[v] if weighted else step
        if fixed[i] < 0:
            e = math.exp(-abs(d))
            q = 1.0 / (1.0 + e) if d >= 0.0 else e / (1.0 + e)
            evidence += max(d, 0.0) + math.log1p(e)
        else:
            q = 1.0 if fixed[i] == 1 else 0.0
            evidence += d * q
        q1[i] = q
        for v in range(start[i], start[i + 1]):
            share = q * weight[v] if weighted else q
            counts1[cells[v]] += share
            if marked:
                mark_counts1[marks[v]] += share
    return evidence


@compiled
def _settle(scores: Floats, known: int, q: Floats, i: int) -> float:
    """Row i of q from the log scores of its classes, or from the known class (else -1); its log evidence."""
    if known >= 0:
        for k in range(scores.size):
            q[i, k] = 1.0 if k == known else 0.0
        return float(scores[known])
    top = scores.max()
    total = 0.0
    for k in range(scores.size):
        q[i, k] = math.exp(scores[k] - top)
        total += q[i, k]
    for k in range(scores.size):
        q[i, k] /= total
    return float(top + math.log(total))


@compiled
def many_pass(
    start: Offsets,
    cells: Codes,
    table: Floats,
    marks: Codes,
    mark_table: Floats,
    weight: Floats,
    log_prior: Floats,
    fixed: Codes,
    q: Floats,
    counts: Floats,
    mark_counts: Floats,
) -> float:
    """Any number of classes. Fills q (items x classes) and the expected counts; returns the log evidence.

    table: log P(cell | class), cells x classes; the rest as in `binary_pass`.
    """
    counts[:] = 0.0
    mark_counts[:] = 0.0
    evidence = 0.0
    n_classes = log_prior.size
    weighted, marked = weight.size > 0, marks.size > 0
    scores = np.empty(n_classes)
    for i in range(start.size - 1):
        for k in range(n_classes):
            scores[k] = log_prior[k]
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for k in range(n_classes):
                scores[k] += w * table[cells[v], k]
            if marked:
                for k in range(n_classes):
                    scores[k] += w * mark_table[marks[v], k]
        evidence += _settle(scores, fixed[i], q, i)
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for k in range(n_classes):
                counts[cells[v], k] += w * q[i, k]
            if marked:
                for k in range(n_classes):
                    mark_counts[marks[v], k] += w * q[i, k]
    return evidence


@compiled
def state_pass(
    start: Offsets,
    cells: Codes,
    table: Floats,
    weight: Floats,
    log_prior: Floats,
    fixed: Codes,
    n_classes: int,
    q: Floats,
    counts: Floats,
) -> float:
    """Several states for each class, state s of class s mod n_classes; a gold item keeps to its class's states.

    Fills q (items x states) and the expected counts (cells x states); returns the log evidence.
    """
    counts[:] = 0.0
    evidence = 0.0
    n_states = log_prior.size
    weighted = weight.size > 0
    scores = np.empty(n_states)
    for i in range(start.size - 1):
        for s in range(n_states):
            scores[s] = log_prior[s]
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for s in range(n_states):
                scores[s] += w * table[cells[v], s]
        if fixed[i] >= 0:
            for s in range(n_states):
                if s % n_classes != fixed[i]:
                    scores[s] = -np.inf
        evidence += _settle(scores, -1, q, i)
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for s in range(n_states):
                counts[cells[v], s] += w * q[i, s]
    return evidence


@compiled
def count_pass(start: Offsets, cells: Codes, weight: Floats, q: Floats, counts: Floats) -> None:
    """Expected counts (cells x classes) under given posteriors."""
    counts[:] = 0.0
    weighted = weight.size > 0
    for i in range(start.size - 1):
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for k in range(q.shape[1]):
                counts[cells[v], k] += w * q[i, k]


@compiled
def others_pass(
    start: Offsets, cells: Codes, table: Floats, weight: Floats, rho: float, include: Codes, counts: Floats
) -> None:
    """Expected counts of each cell under the posterior of the *other* votes on the item, tempered by rho.

    table: log P(cell | class). A vote on an item with include = 0 adds nothing; an item's only vote adds by
    the uniform posterior.
    """
    counts[:] = 0.0
    n_classes = table.shape[1]
    weighted = weight.size > 0
    total = np.empty(n_classes)
    p = np.empty(n_classes)
    for i in range(start.size - 1):
        if include[i] == 0:
            continue
        total[:] = 0.0
        heads = 0.0
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            heads += w
            for k in range(n_classes):
                total[k] += w * table[cells[v], k]
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            temper = 1.0 + rho * max(heads - w - 1.0, 0.0)
            top = -np.inf
            for k in range(n_classes):
                p[k] = (total[k] - w * table[cells[v], k]) / temper
                top = max(top, p[k])
            norm = 0.0
            for k in range(n_classes):
                p[k] = math.exp(p[k] - top)
                norm += p[k]
            for k in range(n_classes):
                counts[cells[v], k] += w * p[k] / norm


@compiled
def agreement_pass(
    start: Offsets, cells: Codes, responses: Codes, table: Floats, log_prior: Floats, weight: Floats
) -> Floats:
    """For each vote: the probability of the class voted for, given the *other* votes on the item.

    table: log P(cell | class), cells x classes; responses: the class that each vote is for.
    """
    n_classes = log_prior.size
    weighted = weight.size > 0
    total = np.empty(n_classes)
    agreed = np.empty(cells.size)
    for i in range(start.size - 1):
        total[:] = log_prior
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            for k in range(n_classes):
                total[k] += w * table[cells[v], k]
        for v in range(start[i], start[i + 1]):
            w = weight[v] if weighted else 1.0
            own = responses[v]
            norm = 0.0
            mine = total[own] - w * table[cells[v], own]
            for k in range(n_classes):
                norm += math.exp(min(total[k] - w * table[cells[v], k] - mine, 700.0))
            agreed[v] = 1.0 / norm
    return agreed
