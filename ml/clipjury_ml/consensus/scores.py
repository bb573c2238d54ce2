"""What detectors say of items, as bounded log-scores aligned with the votes' items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes

Floats = NDArray[np.float64]

UNCALIBRATED_LIMIT = 2.0  # of the log-odds between two classes, where no gold says what a score is worth
CALIBRATED_LIMIT = 5.0  # beyond that a score is noise even of a good detector
UNCALIBRATED_WEIGHT = 0.6  # ADR 20


@dataclass(frozen=True)
class Scores:
    """p: detectors x items x classes; NaN rows where a detector is silent. A version counts as a detector.

    families: of each detector, "" where none is declared; empty: nobody declared any. conditions: their names;
    condition: detectors x items, codes into them, -1 where unknown; empty: nobody stated any.
    """

    detectors: list[str]
    p: Floats
    families: Sequence[str] = ()
    conditions: Sequence[str] = ()
    condition: Codes = field(default_factory=lambda: np.empty((0, 0), np.int32))

    @property
    def answered(self) -> NDArray[np.bool_]:
        """detectors x items."""
        return np.asarray(~np.isnan(self.p).any(axis=2))

    @property
    def family(self) -> Codes:
        """The code of each detector's family, in the order of first members; one on its own is a family."""
        declared = self.families or [""] * len(self.detectors)
        keys = [(f, "") if f else ("", d) for f, d in zip(declared, self.detectors, strict=True)]
        place = {key: code for code, key in enumerate(dict.fromkeys(keys))}
        return np.array([place[key] for key in keys], np.int32)

    def logs(self, limit: float) -> Floats:
        """Log-scores, at most `limit` under the greatest of their row, with mean 0; all 0 where silent."""
        with np.errstate(divide="ignore", invalid="ignore"):
            raw = np.log(self.p)
        raw = np.maximum(raw, raw.max(axis=2, keepdims=True) - limit)
        raw = np.nan_to_num(raw, nan=0.0)
        return np.asarray(raw - raw.mean(axis=2, keepdims=True))

    def uncalibrated_shift(self) -> Floats:
        """What to add to the people's log posteriors without gold.

        Each family is heard as the average of those members that answered, and the families are averaged: nobody
        knows how far they share their errors, so however many there are, they move an item no further than one.
        """
        heard = np.zeros((int(self.family.max(initial=-1)) + 1, self.p.shape[1]))
        np.add.at(heard, self.family, self.answered)
        means = np.zeros((*heard.shape, self.p.shape[2]))
        np.add.at(means, self.family, self.logs(UNCALIBRATED_LIMIT))
        means /= np.maximum(heard, 1.0)[:, :, None]
        n_families = (heard > 0).sum(axis=0)[:, None]
        return np.asarray(UNCALIBRATED_WEIGHT * means.sum(axis=0) / np.maximum(n_families, 1))


def align_scores(
    items: Sequence[str],
    classes: Sequence[str],
    rows: Mapping[str, Mapping[str, Mapping[str, float]]],
    *,
    families: Mapping[str, str] | None = None,
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> Scores:
    """Scores from detector → item → class → p; detector → family; detector → item → condition.

    A class without a p counts as 0. Raises ValueError for rows outside [0, 1] or that do not sum to 1 within .01;
    within, they are renormalised.
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
    declared = [(families or {}).get(detector, "") for detector in detectors]
    stated = conditions or {}
    names = sorted({name for by_item in stated.values() for name in by_item.values()})
    condition = np.full((len(detectors), len(place)), -1, np.int32)
    code = {name: c for c, name in enumerate(names)}
    for d, detector in enumerate(detectors):
        for item, name in stated.get(detector, {}).items():
            condition[d, place[item]] = code[name]
    return Scores(detectors, p, declared, names, condition)
