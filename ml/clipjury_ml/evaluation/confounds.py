"""The confound probe: can the label be told without looking for manipulation?

One public image set is separated at .998 by file size alone. A measured condition whose own AUC lies outside
.40–.60 may be what a detector's AUC rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipjury_ml.evaluation.intervals import Interval, bootstrap
from clipjury_ml.evaluation.items import Item, labels_of
from clipjury_ml.evaluation.roc import auc

LOW, HIGH = 0.40, 0.60


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """How well one condition alone separates the classes; suspicious outside .40–.60."""

    condition: str
    auc: float
    interval: Interval | None
    items: int
    suspicious: bool


def probe_confounds(items: Sequence[Item], seed: int = 1, resamples: int = 1000) -> list[ProbeResult]:
    """Probe every condition that any item carries, by name; conditions with one class only are left out."""
    names = sorted({name for item in items for name in item.conditions})
    results = [
        _probe([item for item in items if name in item.conditions], name, seed, resamples) for name in names
    ]
    return [result for result in results if result is not None]


def _probe(items: Sequence[Item], name: str, seed: int, resamples: int) -> ProbeResult | None:
    labels = labels_of(items)
    values = np.array([item.conditions[name] for item in items], dtype=np.float64)
    found = auc(labels, values)
    if found is None:
        return None
    interval = bootstrap(
        [item.group for item in items], lambda chosen: auc(labels[chosen], values[chosen]), seed, resamples
    )
    return ProbeResult(name, found, interval, len(items), not LOW <= found <= HIGH)
