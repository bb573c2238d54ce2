"""What an evaluation starts from: items with a known label and a detector's answer or abstention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LABELS = {"real": 0, "authentic": 0, "fake": 1, "manipulated": 1}


@dataclass(frozen=True, slots=True)
class Item:
    """One judged file: label 1 manipulated, 0 authentic; score None where the detector abstained or failed.

    conditions are measured numbers by name (file size, sharpness …), for the tables and the confound probe.
    """

    path: str
    label: int
    score: float | None
    group: str
    source: str = ""
    kind: str = ""
    conditions: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None


def parse_label(text: str) -> int:
    """`real`/`authentic` -> 0, `fake`/`manipulated` -> 1, any case; ValueError for anything else."""
    label = LABELS.get(text.strip().lower())
    if label is None:
        raise ValueError(f"label {text!r} is none of {', '.join(LABELS)}")
    return label


def placed_scores(items: Sequence[Item]) -> NDArray[np.float64]:
    """Scores (n,) with every abstention at the median of the answered, .5 where nothing was answered.

    Abstaining on what is hard must not raise the headline figure; in the middle of the ranking it cannot.
    """
    answered = [item.score for item in items if item.score is not None]
    middle = float(np.median(answered)) if answered else 0.5
    return np.array([middle if item.score is None else item.score for item in items], dtype=np.float64)


def labels_of(items: Sequence[Item]) -> NDArray[np.int64]:
    """Labels (n,) of the items."""
    return np.array([item.label for item in items], dtype=np.int64)
