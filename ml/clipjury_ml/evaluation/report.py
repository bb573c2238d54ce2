"""The whole evaluation of one detector on one manifest, as frozen values that print as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipjury_ml.evaluation.calibration import brier, calibration_error
from clipjury_ml.evaluation.confounds import ProbeResult, probe_confounds
from clipjury_ml.evaluation.intervals import Interval, bootstrap
from clipjury_ml.evaluation.items import Item, labels_of, placed_scores
from clipjury_ml.evaluation.likelihood import (
    LogisticCalibration,
    cross_fit,
    fit_calibration,
    least_log_ratio_cost,
    log_ratio_cost,
    logits,
)
from clipjury_ml.evaluation.roc import auc, equal_error_rate, true_rate_at

FALSE_RATE = 0.10
FEWEST_OF_A_CLASS = 5


@dataclass(frozen=True, slots=True)
class Measures:
    """One detector on one set. auc counts every item, abstentions at the median of the answered.

    Calibration is of the answered alone. None where a class is missing or nothing was answered.
    """

    items: int
    manipulated: int
    authentic: int
    groups: int
    coverage: float
    auc: float | None
    interval: Interval | None
    auc_answered: float | None
    eer: float | None
    tpr_at_10_fpr: float | None
    brier: float | None
    ece: float | None
    cllr: float | None


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the scores are worth once calibrated on these very items, each by a fit that saw nothing of its group.

    Figures are of the answered items at even prior; line: the calibration that all of them together give.
    """

    items: int
    line: LogisticCalibration
    brier: float
    ece: float
    cllr: float
    cllr_min: float


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of one kind. A source of one class is ranked against the other class of the same kind."""

    source: str
    kind: str
    measures: Measures
    against: str


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One third of the items by a measured condition, low ≤ value ≤ high."""

    condition: str
    low: float
    high: float
    measures: Measures


@dataclass(frozen=True, slots=True)
class KindReport:
    """Everything about the items of one kind, so that images and videos are never averaged silently."""

    kind: str
    measures: Measures
    calibrated: Calibrated | None
    sources: tuple[SourceRow, ...]
    conditions: tuple[ConditionRow, ...]
    confounds: tuple[ProbeResult, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation: all items together, then each kind apart; errors counts files that could not be judged."""

    overall: Measures
    kinds: tuple[KindReport, ...]
    errors: int
    seed: int


def measure(items: Sequence[Item], seed: int, resamples: int = 2000) -> Measures:
    """All measures of one set of items, the AUC's interval by group bootstrap."""
    labels, scores = labels_of(items), placed_scores(items)
    answered = np.array([item.score is not None for item in items], dtype=bool)
    both = auc(labels, scores) is not None
    groups = [item.group for item in items]
    return Measures(
        items=len(items),
        manipulated=int(labels.sum()),
        authentic=int((1 - labels).sum()),
        groups=len(set(groups)),
        coverage=float(answered.mean()) if len(items) else 0.0,
        auc=auc(labels, scores),
        interval=bootstrap(groups, lambda i: auc(labels[i], scores[i]), seed, resamples) if both else None,
        auc_answered=auc(labels[answered], scores[answered]),
        eer=equal_error_rate(labels, scores) if both else None,
        tpr_at_10_fpr=true_rate_at(labels, scores, FALSE_RATE) if both else None,
        brier=brier(labels[answered], scores[answered]) if answered.any() else None,
        ece=calibration_error(labels[answered], scores[answered]) if answered.any() else None,
        cllr=(
            log_ratio_cost(labels[answered], logits(scores[answered]))
            if len(set(labels[answered])) == 2
            else None
        ),
    )


def calibrate(items: Sequence[Item]) -> Calibrated | None:
    """Cross-fitted calibration of one kind; None where there are too few answered items, or groups, of a label."""
    answered = [item for item in items if item.score is not None]
    labels = labels_of(answered)
    if np.bincount(labels, minlength=2).min() < FEWEST_OF_A_CLASS:
        return None
    scores = placed_scores(answered)
    found = cross_fit(labels, scores, [item.group for item in answered])
    if found is None:
        return None
    chances = 1.0 / (1.0 + np.exp(-found))
    return Calibrated(
        items=len(answered),
        line=fit_calibration(labels, scores),
        brier=brier(labels, chances),
        ece=calibration_error(labels, chances),
        cllr=log_ratio_cost(labels, found),
        cllr_min=least_log_ratio_cost(labels, scores),
    )


def by_source(items: Sequence[Item], seed: int, resamples: int) -> list[SourceRow]:
    """One row for each source; items must be of one kind."""
    rows: list[SourceRow] = []
    for source in sorted({item.source for item in items}):
        own = [item for item in items if item.source == source]
        classes = {item.label for item in own}
        others = [] if len(classes) == 2 else [i for i in items if i.label not in classes]
        against = (
            "itself" if len(classes) == 2 else f"all {'manipulated' if 0 in classes else 'authentic'} items"
        )
        rows.append(SourceRow(source, own[0].kind, measure([*own, *others], seed, resamples), against))
    return rows


def by_condition(items: Sequence[Item], seed: int, resamples: int) -> list[ConditionRow]:
    """Each measured condition in thirds; a third with fewer than five of a class is left out."""
    rows: list[ConditionRow] = []
    for name in sorted({name for item in items for name in item.conditions}):
        carrying = sorted(
            (i for i in items if name in i.conditions), key=lambda i: (i.conditions[name], i.path)
        )
        for part in np.array_split(np.arange(len(carrying)), 3):
            third = [carrying[int(index)] for index in part]
            if min((sum(i.label == label for i in third) for label in (0, 1)), default=0) < FEWEST_OF_A_CLASS:
                continue
            values = [item.conditions[name] for item in third]
            rows.append(ConditionRow(name, min(values), max(values), measure(third, seed, resamples)))
    return rows


def evaluate(items: Sequence[Item], seed: int = 1, resamples: int = 2000) -> Report:
    """The full report; raises ValueError where there is no item."""
    if not items:
        raise ValueError("there is nothing to evaluate: the manifest lists no file")
    kinds = []
    for kind in sorted({item.kind for item in items}):
        own = [item for item in items if item.kind == kind]
        kinds.append(
            KindReport(
                kind=kind,
                measures=measure(own, seed, resamples),
                calibrated=calibrate(own),
                sources=tuple(by_source(own, seed, resamples)),
                conditions=tuple(by_condition(own, seed, resamples)),
                confounds=tuple(probe_confounds(own, seed, resamples)),
            )
        )
    errors = sum(item.error is not None for item in items)
    return Report(measure(items, seed, resamples), tuple(kinds), errors, seed)
