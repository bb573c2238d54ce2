"""Detectors: their versions, cards, comparisons on gate gold, and promotions."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.calibration import Calibration, calibration_body
from clipjury.api.schemas.comparison import ComparisonReport, GateSet, gate_body, report_body
from clipjury.api.schemas.job import Job
from clipjury.api.schemas.words import GateOutcome, PromotionKind, VersionState
from clipjury.db.queries.detector_versions import PromotionRow, VersionRow
from clipjury.db.queries.gate import GateCountRow
from clipjury.domain.drift import ReportState
from clipjury.services.detector_views import VersionDetail, VersionView


class DetectorPromotionIn(RequestModel):
    """A reason makes it an admin's override; without one the gate must have passed the version."""

    override_reason: PlainText | None = Field(default=None, max_length=2000)


class RollbackIn(RequestModel):
    """Why the version in force is taken back; kept for good."""

    reason: PlainText = Field(max_length=2000)


class DetectorVersion(AnswerModel):
    """One set of weights of a detector, the gate's last word on it, and whether it has drifted since."""

    id: int
    detector: str
    version: str
    state: VersionState
    sha256: str
    is_calibrated: bool
    is_trainable: bool
    gives_scores: bool
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
        "gives_scores": row.card.get("output", {}).get("kind") != "findings",
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


def detail_body(detail: VersionDetail) -> dict[str, Any]:
    """`DetectorDetail`."""
    active = detail.incumbent
    return {
        "version": version_body(detail.view),
        "card": detail.view.version.card,
        "report": report_body(detail) if detail.view.comparison else None,
        "active_id": active.id if active else None,
        "active_version": active.version if active else None,
        "promotions": [_promotion(row) for row in detail.promotions],
        "gate": gate_body(detail.gate),
        "calibration": calibration_body(
            detail.calibration, detail.calibration_gold, detail.calibration_job_id
        ),
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
