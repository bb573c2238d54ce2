"""What detectors say of items, as bounded log-scores aligned with the votes' items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNCALIBRATED_LIMIT = 2.0  # of the log-odds between two classes, where no gold says what a score is worth
CALIBRATED_LIMIT = 5.0  # beyond that a score is noise even of a good detector
UNCALIBRATED_WEIGHT = 0.6  # ADR 20


@dataclass(frozen=True)
class Scores:
    """p: detectors x items x classes; NaN rows where a detector is silent."""

    detectors: list[str]
    p: Floats

    @property
    def answered(self) -> NDArray[np.bool_]:
        """detectors x items."""
        return np.asarray(~np.isnan(self.p).any(axis=2))

    def logs(self, limit: float) -> Floats:
        """Log-scores, at most `limit` under the greatest of their row, with mean 0; all 0 where silent."""
        with np.errstate(divide="ignore", invalid="ignore"):
            raw = np.log(self.p)
        raw = np.maximum(raw, raw.max(axis=2, keepdims=True) - limit)
        raw = np.nan_to_num(raw, nan=0.0)
        return np.asarray(raw - raw.mean(axis=2, keepdims=True))

    def uncalibrated_shift(self) -> Floats:
        """What to add to the people's log posteriors without gold: all detectors averaged, as one family."""
        heard = self.answered.sum(axis=0)[:, None]
        total = self.logs(UNCALIBRATED_LIMIT).sum(axis=0)
        return np.asarray(UNCALIBRATED_WEIGHT * total / np.maximum(heard, 1))


def align_scores(
    items: Sequence[str], classes: Sequence[str], rows: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> Scores:
    """Scores from detector → item → class → p. A class without a p counts as 0.

    Raises ValueError for rows outside [0, 1] or that do not sum to 1 within .01; within, they are renormalised.
    """
    place = {name: i for i, name in enumerate(items)}
    column = {name: k for k, name in enumerate(classes)}
    detectors = sorted(rows)
    p = np.full((len(detectors), len(place), len(column)), np.nan)
    for d, detector in enumerate(detectors):
        for item, row in rows[detector].items():
            values = np.zeros(len(column))
            for name, value in row.items():
                values[column[name]] = value
            if not (values >= 0).all() or not (values <= 1).all() or abs(values.sum() - 1.0) > 0.01 + 1e-9:
                raise ValueError(f"the scores of {item!r} by {detector!r} are no probabilities")
            p[d, place[item]] = values / values.sum()
    return Scores(detectors, p)
