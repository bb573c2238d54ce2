"""Bootstrap intervals that resample whole groups: frames, faces or takes of one origin are not independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Statistic = Callable[[Indices], float | None]
FEWEST_GROUPS = 5  # resampling fewer groups says nothing about groups not seen


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval; unit says what was resampled: "group", or "item" where there were too few groups."""

    low: float
    high: float
    level: float
    unit: str
    units: int
    resamples: int


def bootstrap(
    groups: Sequence[str], statistic: Statistic, seed: int = 1, resamples: int = 2000, level: float = 0.95
) -> Interval | None:
    """Percentile bootstrap of a statistic of item indices (Efron 1979), resampling groups with all their items.

    groups names the group of each item (n,). With fewer than five groups single items are resampled and the
    interval says so: it then speaks of these groups only. Resamples in which the statistic is None (a class is
    missing) are left out; None where fewer than half remain.
    """
    units = group_indices(groups)
    unit = "group"
    if len(units) < FEWEST_GROUPS:
        units, unit = [np.array([index]) for index in range(len(groups))], "item"
    if len(units) < 2:
        return None
    rng = np.random.default_rng(seed)
    drawn: list[float] = []
    for _ in range(resamples):
        chosen = np.concatenate([units[i] for i in rng.integers(len(units), size=len(units))])
        value = statistic(chosen)
        if value is not None:
            drawn.append(value)
    if len(drawn) < resamples / 2:
        return None
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level, unit, len(units), len(drawn))


def group_indices(groups: Sequence[str]) -> list[Indices]:
    """The item indices of each group, groups in order of first appearance."""
    members: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    return [np.array(indices, dtype=np.int64) for indices in members.values()]
