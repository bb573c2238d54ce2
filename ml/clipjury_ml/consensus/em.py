"""Expectation-maximisation over sorted votes, for every model that is a table P(response | class, annotator)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.confidence import NO_MARKS, Marks, mark_table
from clipjury_ml.consensus.passes import binary_pass, count_pass, many_pass
from clipjury_ml.consensus.plain_passes import plain_binary_pass, plain_many_pass
from clipjury_ml.consensus.shares import share_posteriors
from clipjury_ml.consensus.sorting import Codes, count_codes
from clipjury_ml.consensus.vote_model import pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

MAX_ITERATIONS = 200
TOLERANCE = 1e-7  # of the objective, for each vote


@dataclass(frozen=True, slots=True)
class Tables:
    """log_prior: classes; table: annotators x responses x classes, log P(response | class).

    penalty: log prior density of the parameters, or minus their divergence from it; it makes the objective.
    """

    log_prior: Floats
    table: Floats
    penalty: float


class Maximiser(Protocol):
    """The M-step of one model."""

    def maximise(self, counts: Floats, mass: Floats) -> Tables:
        """Tables from expected counts (annotators x responses x classes) and the classes' expected items."""
        ...


@dataclass(frozen=True, slots=True)
class Fit:
    """Where it ended: posteriors (items x classes), counts and tables, and the objective at each iteration."""

    posteriors: Floats
    counts: Floats
    tables: Tables
    marks_table: Floats
    objective: list[float]
    converged: bool


def maximise_expectation(
    votes: Votes,
    fixed: Codes,
    model: Maximiser,
    *,
    marks: Marks = NO_MARKS,
    start: Floats | None = None,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> Fit:
    """Iterate from the vote shares (or from `start`, posteriors) until the objective stands still."""
    q = pin_gold(share_posteriors(votes) if start is None else start, fixed)
    step = _Expectation(votes, fixed, marks)
    step.count(q)
    objective: list[float] = []
    converged = False
    for _ in range(max(1, max_iterations)):
        tables = model.maximise(step.counts, step.mass)
        marks_table, mark_penalty = mark_table(marks, step.mark_counts)
        objective.append(step.run(tables, marks_table) + tables.penalty + mark_penalty)
        if len(objective) > 1 and objective[-1] - objective[-2] < tolerance * max(1, votes.item.size):
            converged = True
            break
    return Fit(step.posteriors, step.counts, tables, marks_table, objective, converged)


def posteriors_under(
    votes: Votes, fixed: Codes, tables: Tables, marks: Marks = NO_MARKS, marks_table: Floats | None = None
) -> Floats:
    """One pass under given tables."""
    step = _Expectation(votes, fixed, marks)
    step.run(tables, np.zeros((marks.n_codes, votes.n_classes)) if marks_table is None else marks_table)
    return step.posteriors


class _Expectation:
    """The E-step with its buffers."""

    def __init__(self, votes: Votes, fixed: Codes, marks: Marks) -> None:
        self.votes, self.fixed, self.marks = votes, fixed, marks
        k = votes.n_classes
        self.shape = (len(votes.annotators), votes.n_responses, k)
        self.counts = np.zeros(self.shape)
        self.mark_counts = np.zeros((marks.n_codes, k))
        self.mass = np.zeros(k)
        self._binary = k == 2
        self._plain = not marks.codes.size and not votes.weight.size
        self._q = np.zeros(votes.n_items if self._binary else (votes.n_items, k))
        self._totals = self._total(votes.cell, self.shape[0] * self.shape[1])
        self._mark_totals = self._total(marks.codes, marks.n_codes)

    def _total(self, codes: Codes, n: int) -> Floats:
        if self.votes.weight.size and codes.size:
            return np.bincount(codes, weights=self.votes.weight, minlength=n).astype(np.float64)
        return np.diff(count_codes(codes, n)).astype(np.float64)

    @property
    def posteriors(self) -> Floats:
        if not self._binary:
            return self._q
        both = np.empty((self._q.size, 2))
        np.subtract(1.0, self._q, out=both[:, 0])
        both[:, 1] = self._q
        return both

    def count(self, q: Floats) -> None:
        votes = self.votes
        count_pass(votes.start, votes.cell, votes.weight, q, self.counts.reshape(-1, self.shape[2]))
        if self.marks.codes.size:
            count_pass(votes.start, self.marks.codes, votes.weight, q, self.mark_counts)
        self.mass = q.sum(axis=0)

    def run(self, tables: Tables, marks_table: Floats) -> float:
        flat = tables.table.reshape(-1, self.shape[2])
        if self._binary:
            return self._run_binary(flat, tables.log_prior, marks_table)
        votes, counts = self.votes, self.counts.reshape(flat.shape)
        if self._plain:
            pairs = np.concatenate([np.exp(flat), np.zeros_like(flat)], axis=1).ravel()
            evidence = plain_many_pass(self.shape[2])(
                votes.start, votes.cell, flat, pairs, tables.log_prior, self.fixed, self._q.ravel(), self.mass
            )
            counts[:] = pairs.reshape(flat.shape[0], -1)[:, self.shape[2] :]
        else:
            evidence = many_pass(
                votes.start, votes.cell, flat, self.marks.codes, marks_table, votes.weight,
                tables.log_prior, self.fixed, self._q, counts, self.mark_counts,
            )  # fmt: skip
            self.mass = self._q.sum(axis=0)
        return evidence

    def _run_binary(self, flat: Floats, log_prior: Floats, marks_table: Floats) -> float:
        votes = self.votes
        lean, prior_lean = flat[:, 1] - flat[:, 0], float(log_prior[1] - log_prior[0])
        ones, mark_ones = np.zeros(flat.shape[0]), np.zeros(marks_table.shape[0])
        if self._plain:
            evidence, mass = plain_binary_pass(
                votes.start, votes.cell, lean, np.exp(lean), prior_lean, self.fixed, self._q, ones
            )
        else:
            evidence = binary_pass(
                votes.start, votes.cell, lean, self.marks.codes, marks_table[:, 1] - marks_table[:, 0],
                votes.weight, prior_lean, self.fixed, self._q, ones, mark_ones,
            )  # fmt: skip
            mass = float(self._q.sum())
        counts, mark_counts = self.counts.reshape(flat.shape), self.mark_counts
        counts[:, 1], counts[:, 0] = ones, self._totals - ones
        mark_counts[:, 1], mark_counts[:, 0] = mark_ones, self._mark_totals - mark_ones
        self.mass = np.array([self._q.size - mass, mass])
        base = float(self._totals @ flat[:, 0] + self._mark_totals @ marks_table[:, 0])
        return evidence + base + float(log_prior[0]) * self._q.size
