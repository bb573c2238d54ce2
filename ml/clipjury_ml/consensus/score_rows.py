"""Detectors' scores out of a file: one row for an item and a version, with what is declared of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.tables import BadRow, Table, TableError, beyond, missing, read_table, sift

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SUM_SLACK = 0.01 + 1e-9
DETECTOR, ONLY_DETECTOR = "detector", "detector"
VERSION, CONDITION, FAMILY = "version", "condition", "family"
TOLD = (DETECTOR, VERSION, CONDITION, FAMILY)


@dataclass
class ScoreRows:
    """rows: detector → item → class → p; a version is a detector of its own, called "<detector> <version>".

    families: detector → declared family; versions of one detector are a family where none is declared.
    conditions: detector → item → condition. classes: those that the columns name.
    """

    rows: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, dict[str, str]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)


def read_scores(path: Path, known: Sequence[str]) -> tuple[ScoreRows, list[BadRow]]:
    """The rows and those that cannot be used. known: classes that votes, gold or the caller name.

    Raises TableError where no column names a class.
    """
    table = read_table(path, ("item",), None)
    told = [name for name in TOLD if name in table.columns and (name == DETECTOR or name not in known)]
    naming = _class_columns([n for n in table.columns if n != "item" and n not in told], known)
    if not naming:
        raise TableError(f"{path}:1: has no column for a class (say <class>, p_<class> or p<class>)")
    p, silent, faults = _parse(table, list(naming))
    keep, bad = sift(table, [*missing(table, ("item",)), *faults])
    items = table.columns["item"]
    reading = _Reading(ScoreRows(classes=list(naming.values())))
    clashes = []
    for row in np.flatnonzero(keep).tolist():
        stated = {name: table.columns[name].text(row).strip() for name in told}
        values = None if silent[row] else dict(zip(naming.values(), p[:, row].tolist(), strict=True))
        fault = reading.add(items.text(row), stated, values)
        if fault:
            clashes.append((row, fault))
    return reading.finish(), bad + beyond(table, clashes)


class _Reading:
    """What was read so far, row by row."""

    def __init__(self, found: ScoreRows) -> None:
        self.found = found
        self._detector_of: dict[str, str] = {}
        self._versioned: set[str] = set()

    def add(self, item: str, stated: Mapping[str, str], values: dict[str, float] | None) -> str | None:
        """Take one row (values None: the detector is silent), or say why it cannot be taken."""
        detector, version = stated.get(DETECTOR) or ONLY_DETECTOR, stated.get(VERSION)
        name = f"{detector} {version}" if version else detector
        scored = self.found.rows.setdefault(name, {})
        if item in scored:
            return f"item {item} already has scores of {name}"
        family = stated.get(FAMILY)
        if family and self.found.families.setdefault(name, family) != family:
            return f"{name} already has family {self.found.families[name]}"
        self._detector_of[name] = detector
        if version:
            self._versioned.add(detector)
        if values is not None:
            scored[item] = values
            if stated.get(CONDITION):
                self.found.conditions.setdefault(name, {})[item] = stated[CONDITION]
        return None

    def finish(self) -> ScoreRows:
        """Without detectors that never spoke; versions of one detector are a family where none is declared."""
        self.found.rows = {name: scored for name, scored in self.found.rows.items() if scored}
        for name in self.found.rows:
            if self._detector_of[name] in self._versioned:
                self.found.families.setdefault(name, self._detector_of[name])
        return self.found


def _parse(table: Table, names: Sequence[str]) -> tuple[Floats, Bools, list[tuple[Bools, str]]]:
    """p (classes x rows), rows that say nothing, and what is wrong with the others."""
    parsed = [table.columns[name].numbers() for name in names]
    p = np.stack([values for values, _ in parsed])
    silent = np.isnan(p).all(axis=0) & ~np.any([wrong for _, wrong in parsed], axis=0)
    with np.errstate(invalid="ignore"):
        unfit = (np.isnan(p) | (p < 0) | (p > 1)).any(axis=0) & ~silent
        off = ~silent & ~unfit & ~(np.abs(p.sum(axis=0) - 1.0) <= SUM_SLACK)
    return p, silent, [(unfit, "a score is not a number in [0, 1]"), (off, "the scores do not sum to 1")]


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
