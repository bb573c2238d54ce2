"""Drift reports of a detector version, as curators and admins read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from clipjury.api.schemas.base import AnswerModel
from clipjury.db.queries.drift import DriftReportRow
from clipjury.domain.drift import Because, MeasureName, MeasureState, ReportState

Basis = Literal["calibration", "in_force", "first"]


class DriftSpan(AnswerModel):
    """How many clips a window holds, and between which times they came in, or closed."""

    count: int
    first_at: datetime | None
    last_at: datetime | None


class DriftWindows(AnswerModel):
    """Both windows. `basis` says where the reference ends: with the newest calibration, with the moment the version
    came into force, or it is the first clips that the version has met."""

    basis: Basis
    reference: DriftSpan
    recent: DriftSpan


class DriftMeasure(AnswerModel):
    """One comparison: `value` against `threshold` (null with too little data), shares of both windows, the 95 %
    interval of the recent one, the counts, and all of it in a sentence.

    For `scores` the value is the population stability index; for the others a difference of shares.
    """

    name: MeasureName
    state: MeasureState
    value: float | None
    threshold: float | None
    because: Because | None
    reference: float | None
    recent: float | None
    low: float | None
    high: float | None
    reference_count: int
    recent_count: int
    sentence: str


class DriftReport(AnswerModel):
    """One look. `closed_clips` are what the disagreement is counted on, `clips` everything else."""

    at: datetime
    state: ReportState
    clips: DriftWindows
    closed_clips: DriftWindows
    measures: list[DriftMeasure]


class DriftLook(AnswerModel):
    """What an earlier look said."""

    at: datetime
    state: ReportState


class Drift(AnswerModel):
    """The newest report of a version (null before its first), and what was said of it before, newest first."""

    version_id: int
    report: DriftReport | None
    history: list[DriftLook]


def drift_body(version_id: int, rows: Sequence[DriftReportRow]) -> dict[str, Any]:
    """`Drift`; rows are newest first."""
    newest = rows[0] if rows else None
    return {
        "version_id": version_id,
        "report": {"at": newest.created_at, "state": newest.state, **newest.report} if newest else None,
        "history": [{"at": row.created_at, "state": row.state} for row in rows],
    }
