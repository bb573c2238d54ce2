"""Counting sorts over integer codes: linear, stable, the same on every machine."""

import operator
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.compiled import compiled

Codes = NDArray[np.int32]
Offsets = NDArray[np.int64]


@compiled
def count_codes(codes: Codes, n_codes: int) -> Offsets:
    """Offsets of a counting sort: entry k is how many codes are smaller than k; n_codes + 1 entries."""
    offsets = np.zeros(n_codes + 1, np.int64)
    for code in codes:
        offsets[code + 1] += 1
    for k in range(n_codes):
        offsets[k + 1] += offsets[k]
    return offsets


@compiled
def count_responses(
    start: Offsets, response: Codes, weight: NDArray[np.float64], counts: NDArray[np.float64]
) -> None:
    """Add each item's (weighted) votes to counts, items x classes; responses besides the classes are left out."""
    for i in range(start.size - 1):
        for v in range(start[i], start[i + 1]):
            if response[v] < counts.shape[1]:
                counts[i, response[v]] += weight[v] if weight.size else 1.0


@compiled
def _place(codes: Codes, offsets: Offsets, rows: Offsets) -> Offsets:
    at = offsets.copy()
    placed = np.empty(rows.size, np.int64)
    for row in rows:
        code = codes[row]
        placed[at[code]] = row
        at[code] += 1
    return placed


@compiled
def are_sorted(major: Codes, minor: Codes) -> bool:
    """Whether the rows ascend by (major, minor) as they stand."""
    for row in range(1, major.size):
        if major[row] < major[row - 1] or (major[row] == major[row - 1] and minor[row] < minor[row - 1]):
            return False
    return True


def sort_by_pair(major: Codes, n_major: int, minor: Codes, n_minor: int) -> Offsets:
    """The stable order of the rows by (major, minor): two counting sorts, the minor key first."""
    rows = np.arange(major.size, dtype=np.int64)
    rows = _place(minor, count_codes(minor, n_minor), rows)
    return _place(major, count_codes(major, n_major), rows)


def encode(values: Sequence[str]) -> tuple[Codes, list[str]]:
    """Integer codes and the names they stand for, names in the order of Unicode code points."""
    seen: dict[str, int] = {}
    raw = np.fromiter((seen.setdefault(v, len(seen)) for v in values), np.int32, count=len(values))
    return recode(raw, list(seen))


def recode(codes: Codes, names: Sequence[str], among: Sequence[str] | None = None) -> tuple[Codes, list[str]]:
    """The same values under sorted names (or under `among`, which must hold every name that is used)."""
    if among is None and all(map(operator.lt, names, islice(names, 1, None))):  # as they should be already
        return codes.astype(np.int32, copy=False), list(names)
    target = sorted(set(names)) if among is None else list(among)
    place = {name: k for k, name in enumerate(target)}
    mapping = np.array([place.get(name, -1) for name in names], np.int32)
    if not len(mapping):
        return codes.astype(np.int32), target
    return mapping[codes], target
