"""Detectors: their versions, cards, comparisons on gate gold, and promotions."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.calibration import Calibration, calibration_body
from clipjury.api.schemas.job import Job
from clipjury.api.schemas.words import GateOutcome, Label, PromotionKind, VersionState
from clipjury.db.queries.detector_versions import PromotionRow, VersionRow
from clipjury.db.queries.gate import ComparisonRow, GateCountRow
from clipjury.domain.drift import ReportState
from clipjury.domain.promotion import FEWEST_PER_CLASS, MANY_COMPARISONS
from clipjury.services.detector_views import VersionDetail, VersionView

_LABELS = ("authentic", "manipulated")


class DetectorPromotionIn(RequestModel):
    """A reason makes it an admin's override; without one the gate must have passed the version."""

    override_reason: PlainText | None = Field(default=None, max_length=2000)


class RollbackIn(RequestModel):
    """Why the version in force is taken back; kept for good."""

    reason: PlainText = Field(max_length=2000)


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


class DetectorVersion(AnswerModel):
    """One set of weights of a detector, the gate's last word on it, and whether it has drifted since."""

    id: int
    detector: str
    version: str
    state: VersionState
    sha256: str
    is_calibrated: bool
    is_trainable: bool
    counted_for: list[str]
    parent_id: int | None
    training_run_id: uuid.UUID | None
    gate_outcome: GateOutcome | None
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    comparison_job_id: uuid.UUID | None
    drift_state: ReportState | None
    created_at: datetime


class DetectorGroup(AnswerModel):
    """A detector with its versions, newest first."""

    name: str
    active_id: int | None
    versions: list[DetectorVersion]


class Detectors(AnswerModel):
    """All detectors, and the gate set that decides between their versions."""

    items: list[DetectorGroup]
    gate: GateSet


class Promotion(AnswerModel):
    """A version came into force; `by` is null where the program did it."""

    version_id: int
    version: str
    previous_version: str | None
    kind: PromotionKind
    reason: str
    by: str | None
    at: datetime


class DetectorDetail(AnswerModel):
    """A version with its card, its newest comparison, and what was in force when."""

    version: DetectorVersion
    card: dict[str, Any]
    report: ComparisonReport | None
    active_id: int | None
    active_version: str | None
    promotions: list[Promotion]
    gate: GateSet
    calibration: Calibration


class InForce(AnswerModel):
    """The version that is in force now, and the job that scores the backlog."""

    version: DetectorVersion
    job: Job


def version_body(view: VersionView) -> dict[str, Any]:
    """`DetectorVersion`."""
    row, comparison = view.version, view.comparison
    side = comparison.report["candidate"] if comparison else {}
    return {
        **_version(row),
        "gate_outcome": comparison.outcome if comparison else None,
        "auc": side.get("auc"),
        "auc_low": side.get("low"),
        "auc_high": side.get("high"),
        "comparison_job_id": view.comparison_job_id,
        "drift_state": view.drift_state,
    }


def _version(row: VersionRow) -> dict[str, Any]:
    named = ("id", "detector", "version", "state", "sha256", "is_calibrated", "parent_id", "training_run_id")
    return {
        **{name: getattr(row, name) for name in named},
        "is_trainable": bool(row.card.get("trainable")) and row.storage_key is not None,
        "counted_for": row.card.get("counted_for", []),
        "created_at": row.created_at,
    }


def detectors_body(views: list[VersionView], gate: GateCountRow) -> dict[str, Any]:
    """`Detectors`."""
    groups: dict[str, list[VersionView]] = {}
    for view in views:
        groups.setdefault(view.version.detector, []).append(view)
    items = [
        {
            "name": name,
            "active_id": next((v.version.id for v in own if v.version.state == "active"), None),
            "versions": [version_body(view) for view in own],
        }
        for name, own in groups.items()
    ]
    return {"items": items, "gate": gate_body(gate)}


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


def detail_body(detail: VersionDetail) -> dict[str, Any]:
    """`DetectorDetail`."""
    active = detail.incumbent
    return {
        "version": version_body(detail.view),
        "card": detail.view.version.card,
        "report": _report(detail) if detail.view.comparison else None,
        "active_id": active.id if active else None,
        "active_version": active.version if active else None,
        "promotions": [_promotion(row) for row in detail.promotions],
        "gate": gate_body(detail.gate),
        "calibration": calibration_body(
            detail.calibration, detail.calibration_gold, detail.calibration_job_id
        ),
    }


def _report(detail: VersionDetail) -> dict[str, Any]:
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


def _promotion(row: PromotionRow) -> dict[str, Any]:
    return {
        "version_id": row.version_id,
        "version": row.version,
        "previous_version": row.previous_version,
        "kind": row.kind,
        "reason": row.reason,
        "by": row.actor_name,
        "at": row.created_at,
    }
