"""A comparison of two versions on gate gold, and the gate set that it is made on, in JSON."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.words import GateOutcome, Label
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.gate import ComparisonRow, GateCountRow
from clipjury.domain.promotion import FEWEST_PER_CLASS, MANY_COMPARISONS
from clipjury.services.detector_views import VersionDetail

_LABELS = ("authentic", "manipulated")


class Measured(AnswerModel):
    """A detector's AUC on gate gold with its 95 % interval, and its rates at the working threshold .5."""

    auc: float | None
    low: float | None
    high: float | None
    coverage: float
    false_rate: float | None
    true_rate: float | None
    roc: list[list[float]]


class GateCheck(AnswerModel):
    """One condition of the gate, whether it holds, and the figures in a sentence."""

    name: str
    holds: bool
    sentence: str


class SliceRow(AnswerModel):
    """Both AUCs on a part of the gate set; too small ones are shown and not counted."""

    name: str
    manipulated: int
    authentic: int
    incumbent: float | None
    candidate: float | None
    is_counted: bool
    against: str


class Flip(AnswerModel):
    """A gate item on which the two versions stand on different sides of .5."""

    clip_id: uuid.UUID
    name: str
    label: Label
    incumbent: float
    candidate: float
    is_gain: bool


class ComparisonReport(AnswerModel):
    """A candidate against the version that was in force. `is_outdated`: another one is in force since.

    `number` counts all comparisons on the gate set; `is_worn`: there were so many that passing means less.
    """

    id: int
    outcome: GateOutcome
    incumbent_id: int
    incumbent_version: str
    is_outdated: bool
    manipulated: int
    authentic: int
    groups: int
    incumbent: Measured
    candidate: Measured
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    matched_false_rate: float | None
    checks: list[GateCheck]
    slices: list[SliceRow]
    flips: list[Flip]
    level: float
    number: int
    is_worn: bool
    created_at: datetime


class GateSet(AnswerModel):
    """How many gate items there are and how many are missing before a candidate can pass by itself."""

    manipulated: int
    authentic: int
    wanted_of_each: int
    missing_manipulated: int
    missing_authentic: int
    comparisons: int
    many_comparisons: int


def gate_body(gate: GateCountRow) -> dict[str, Any]:
    """`GateSet`."""
    return {
        "manipulated": gate.manipulated,
        "authentic": gate.authentic,
        "wanted_of_each": FEWEST_PER_CLASS,
        "missing_manipulated": max(0, FEWEST_PER_CLASS - gate.manipulated),
        "missing_authentic": max(0, FEWEST_PER_CLASS - gate.authentic),
        "comparisons": gate.comparisons,
        "many_comparisons": MANY_COMPARISONS,
    }


def report_body(detail: VersionDetail) -> dict[str, Any]:
    """`ComparisonReport` of a version that has been compared."""
    comparison, other = detail.view.comparison, detail.compared_with
    assert comparison is not None and other is not None
    report: Mapping[str, Any] = comparison.report
    copied = set(ComparisonReport.model_fields) & set(report) - {"flips"}
    return {
        **{name: report[name] for name in copied},
        "id": comparison.id,
        "outcome": comparison.outcome,
        "incumbent_id": comparison.incumbent_id,
        "incumbent_version": other.version,
        "is_outdated": _is_outdated(comparison, detail.incumbent),
        "flips": [_flip(flip) for flip in report["flips"]],
        "created_at": comparison.created_at,
    }


def _is_outdated(comparison: ComparisonRow, active: VersionRow | None) -> bool:
    return active is None or active.id not in (comparison.incumbent_id, comparison.candidate_id)


def _flip(flip: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "clip_id": flip["key"],
        "name": flip["name"],
        "label": _LABELS[flip["label"]],
        "incumbent": flip["incumbent"],
        "candidate": flip["candidate"],
        "is_gain": flip["is_gain"],
    }
