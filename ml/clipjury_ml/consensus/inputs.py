"""Votes, scores and gold out of files: every bad row is refused with its line, or counted and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.score_rows import ScoreRows, read_scores
from clipjury_ml.consensus.scores import Scores, align_scores
from clipjury_ml.consensus.tables import BadRow, Column, TableError, beyond, missing, read_table, sift
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class BadRowsError(ValueError):
    """Rows that cannot be used, and nobody said to leave them out."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        self.rows = list(rows)
        more = f"\n... and {len(rows) - 20} more" if len(rows) > 20 else ""
        super().__init__("\n".join(str(row) for row in rows[:20]) + more)


@dataclass(frozen=True)
class Inputs:
    """What an estimator needs, aligned: scores over the votes' items. bad_rows: those left out. notes: for people."""

    votes: Votes
    gold: dict[str, str]
    scores: Scores | None
    bad_rows: list[BadRow]
    notes: list[str] = field(default_factory=list)


def read_inputs(
    votes: Path,
    *,
    scores: Path | None = None,
    gold: Path | None = None,
    classes: Sequence[str] = (),
    unsure: str = "unsure",
    skip_bad_rows: bool = False,
) -> Inputs:
    """Read the files. Raises TableError for one that is no table of its kind, BadRowsError for bad rows."""
    raw, bad = _read_votes(votes)
    known_gold, gold_bad = _read_gold(gold) if gold else ({}, [])
    named = set(classes) | set(known_gold.values())
    said = {name for name in _used(raw.response, raw.responses) if name.casefold() != unsure.casefold()}
    read, score_bad = ScoreRows(), list[BadRow]()
    notes: list[str] = []
    if scores:
        read, score_bad = read_scores(scores, sorted(named | said))
        for name in read.classes:
            if name.casefold() == unsure.casefold() and name not in named:
                raise TableError(
                    f"{scores}:1: a column for {name!r}, which is an abstention; name it in --classes"
                )
        notes = [
            f"{scores}: no column for class {c}, counted as 0"
            for c in sorted((named | said) - set(read.classes))
        ]
    bad = bad + gold_bad + score_bad
    if bad and not skip_bad_rows:
        raise BadRowsError(bad)
    further = set(known_gold) | {item for by_item in read.rows.values() for item in by_item}
    table = sort_votes(
        raw, classes=sorted(named | set(read.classes)), further_items=sorted(further), unsure=unsure
    )
    if not table.classes:
        raise TableError(
            f"{votes}: no vote names a class, and there is no gold and no score: nothing to judge"
        )
    aligned = None
    if scores:
        aligned = align_scores(
            table.items, table.classes, read.rows, families=read.families, conditions=read.conditions
        )
    return Inputs(table, known_gold, aligned, bad, notes)


def _used(codes: NDArray[np.int32], names: Sequence[str]) -> list[str]:
    return [names[k] for k in np.unique(codes)]


def _read_votes(path: Path) -> tuple[RawVotes, list[BadRow]]:
    table = read_table(path, ("item", "worker", "label"), ("confidence", "t"))
    faults = missing(table, ("item", "worker", "label"))
    confidence, t = NOTHING, NOTHING
    if "confidence" in table.columns:
        confidence, wrong = table.columns["confidence"].numbers()
        with np.errstate(invalid="ignore"):
            wrong |= (confidence < 0) | (confidence > 1)
        faults.append((wrong, "confidence is not a number in [0, 1]"))
    if "t" in table.columns:
        t, wrong = table.columns["t"].numbers()
        faults.append((wrong, "t is not a number"))
        t = np.nan_to_num(t, nan=-np.inf)
    keep, bad = sift(table, faults)
    item, worker, label = (table.columns[name] for name in ("item", "worker", "label"))
    items, workers, labels = (_only_used(column, keep) for column in (item, worker, label))
    raw = RawVotes(
        item.codes[keep], worker.codes[keep], label.codes[keep], items, workers, labels,
        confidence[keep] if confidence.size else NOTHING, t[keep] if t.size else NOTHING,
    )  # fmt: skip
    return raw, bad


def _only_used(column: Column, keep: Bools) -> list[str]:
    """The column's names, those that only bad rows carry put aside: they must not make an item or a class."""
    used = np.zeros(len(column.values), bool)
    used[column.codes[keep]] = True
    stand_in = next((v for v, u in zip(column.values, used, strict=True) if u), "")
    return [v if u else stand_in for v, u in zip(column.values, used, strict=True)]


def _read_gold(path: Path) -> tuple[dict[str, str], list[BadRow]]:
    table = read_table(path, ("item", "label"))
    keep, bad = sift(table, missing(table, ("item", "label")))
    items, labels = table.columns["item"], table.columns["label"]
    gold: dict[str, str] = {}
    clashes = []
    for row in np.flatnonzero(keep):
        item, label = items.values[items.codes[row]], labels.values[labels.codes[row]]
        if gold.setdefault(item, label) != label:
            clashes.append((int(row), f"item {item} already has another label"))
    return gold, bad + beyond(table, clashes)
