"""Votes, scores and gold out of files: every bad row is refused with its line, or counted and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.scores import Scores, align_scores
from clipjury_ml.consensus.tables import BadRow, Column, Table, TableError, read_table
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SUM_SLACK = 0.01 + 1e-9
DETECTOR, ONLY_DETECTOR = "detector", "detector"


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
    rows: dict[str, dict[str, dict[str, float]]] = {}
    score_bad: list[BadRow] = []
    notes: list[str] = []
    columns: list[str] = []
    if scores:
        rows, columns, score_bad = _read_scores(scores, sorted(named | said))
        for name in columns:
            if name.casefold() == unsure.casefold() and name not in named:
                raise TableError(
                    f"{scores}:1: a column for {name!r}, which is an abstention; name it in --classes"
                )
        notes = [
            f"{scores}: no column for class {c}, counted as 0" for c in sorted((named | said) - set(columns))
        ]
    bad = bad + gold_bad + score_bad
    if bad and not skip_bad_rows:
        raise BadRowsError(bad)
    further = set(known_gold) | {item for by_item in rows.values() for item in by_item}
    table = sort_votes(
        raw, classes=sorted(named | set(columns)), further_items=sorted(further), unsure=unsure
    )
    if not table.classes:
        raise TableError(
            f"{votes}: no vote names a class, and there is no gold and no score: nothing to judge"
        )
    aligned = align_scores(table.items, table.classes, rows) if scores else None
    return Inputs(table, known_gold, aligned, bad, notes)


def _used(codes: NDArray[np.int32], names: Sequence[str]) -> list[str]:
    return [names[k] for k in np.unique(codes)]


def _read_votes(path: Path) -> tuple[RawVotes, list[BadRow]]:
    table = read_table(path, ("item", "worker", "label"), ("confidence", "t"))
    faults = _missing(table, ("item", "worker", "label"))
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
    keep, bad = _sift(table, faults)
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
    keep, bad = _sift(table, _missing(table, ("item", "label")))
    items, labels = table.columns["item"], table.columns["label"]
    gold: dict[str, str] = {}
    clashes = []
    for row in np.flatnonzero(keep):
        item, label = items.values[items.codes[row]], labels.values[labels.codes[row]]
        if gold.setdefault(item, label) != label:
            clashes.append((int(row), f"item {item} already has another label"))
    return gold, bad + _beyond(table, clashes)


def _read_scores(
    path: Path, known: Sequence[str]
) -> tuple[dict[str, dict[str, dict[str, float]]], list[str], list[BadRow]]:
    """detector → item → class → p; the classes that the columns name; bad rows."""
    table = read_table(path, ("item",), None)
    naming = _class_columns([n for n in table.columns if n not in ("item", DETECTOR)], known)
    if not naming:
        raise TableError(f"{path}:1: has no column for a class (say <class>, p_<class> or p<class>)")
    parsed = [table.columns[name].numbers() for name in naming]
    p = np.stack([values for values, _ in parsed])
    faults = _missing(table, ("item",))
    silent = np.isnan(p).all(axis=0) & ~np.any([wrong for _, wrong in parsed], axis=0)
    with np.errstate(invalid="ignore"):
        unfit = (np.isnan(p) | (p < 0) | (p > 1)).any(axis=0) & ~silent
        faults.append((unfit, "a score is not a number in [0, 1]"))
        total = p.sum(axis=0)
        faults.append((~silent & ~unfit & ~(np.abs(total - 1.0) <= SUM_SLACK), "the scores do not sum to 1"))
    keep, bad = _sift(table, faults)
    items, detectors = table.columns["item"], table.columns.get(DETECTOR)
    rows: dict[str, dict[str, dict[str, float]]] = {}
    twice = []
    for row in np.flatnonzero(keep):
        item = items.values[items.codes[row]]
        detector = detectors.values[detectors.codes[row]] if detectors else ONLY_DETECTOR
        if item in rows.setdefault(detector, {}):
            twice.append((int(row), f"item {item} already has scores of {detector}"))
        elif not silent[row]:
            rows[detector][item] = dict(zip(naming.values(), p[:, row].tolist(), strict=True))
    return {d: r for d, r in rows.items() if r}, list(naming.values()), bad + _beyond(table, twice)


def _class_columns(names: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """column → class: whichever of <class>, p_<class>, p<class> names most of the known classes."""
    best: dict[str, str] = {}
    matches = -1
    for prefix in ("", "p_", "p"):
        mapped = {n: n.removeprefix(prefix) for n in names if n.startswith(prefix) and n != prefix}
        hits = len(set(mapped.values()) & set(known))
        if hits > matches and mapped:
            best, matches = mapped, hits
    if matches == 0:  # nobody named a class yet: columns that all wear a prefix take it off
        for prefix in ("p_", "p"):
            if names and all(n.startswith(prefix) and n != prefix for n in names):
                return {n: n.removeprefix(prefix) for n in names}
    return best


def _missing(table: Table, names: Sequence[str]) -> list[tuple[Bools, str]]:
    return [(table.columns[name].is_blank(), f"{name} is missing") for name in names]


def _sift(table: Table, faults: Sequence[tuple[Bools, str]]) -> tuple[Bools, list[BadRow]]:
    """Which rows are good, and the bad ones by line, each with its first fault."""
    good = np.ones(table.n_rows, bool)
    found: list[tuple[int, str]] = []
    for wrong, reason in faults:
        found += [(int(row), reason) for row in np.flatnonzero(wrong & good)]
        good &= ~wrong
    return good, table.bad_rows(found)


def _beyond(table: Table, rows: Sequence[tuple[int, str]]) -> list[BadRow]:
    """Further bad rows, without the malformed ones that were told already."""
    told = set(table.bad_rows(()))
    return [bad for bad in table.bad_rows(rows) if bad not in told] if rows else []
