"""Reports of clips, and the moderators' cases."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.api.schemas.words import (
    ClipState,
    Desk,
    MediaKind,
    QuarantineAction,
    ReportReason,
    ReportState,
)
from clipjury.db.queries.quarantine import QuarantineRow
from clipjury.db.queries.reports import CaseRow, ReportRow
from clipjury.domain.reports import MAX_CONTACT_CHARACTERS, MAX_NOTE_CHARACTERS
from clipjury.services.reports import Case


class ReportIn(RequestModel):
    """Why the clip should be looked at; a note and a way to reach the reporter if they wish."""

    reason: ReportReason
    note: PlainText = Field(default="", max_length=MAX_NOTE_CHARACTERS)
    contact: PlainText | None = Field(default=None, max_length=MAX_CONTACT_CHARACTERS)


class ReportReceipt(AnswerModel):
    """The report has been taken. What follows from it is not told here."""

    receipt: str


class ReportsQuery(QueryModel):
    """Cases that wait, or those decided."""

    state: str = Field(default="open", pattern="^(open|decided)$")


class ReportedClip(AnswerModel):
    """A line of the queue: a clip, under the id of its newest report."""

    id: uuid.UUID
    name: str
    kind: MediaKind | None
    reasons: list[ReportReason]
    reports: int
    reported_at: datetime
    withheld: bool


class ReportQueue(AnswerModel):
    """Reported clips, the most urgent first."""

    items: list[ReportedClip]


class ReportEntry(AnswerModel):
    """One report. `reporter` is null for somebody who was logged out."""

    id: uuid.UUID
    receipt: str
    reason: ReportReason
    note: str
    contact: str | None
    reporter: str | None
    state: ReportState
    reported_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    answer: str | None


class QuarantineStep(AnswerModel):
    """One step between withheld and shown; `by` is null for the rule."""

    action: QuarantineAction
    desk: Desk
    reason: str
    note: str
    reference: str | None
    by: str | None
    at: datetime


class ReportCase(AnswerModel):
    """A reported clip: facts, reports, history. The pictures stand behind addresses of their own."""

    id: uuid.UUID
    clip_id: uuid.UUID
    name: str
    source: str | None
    licence: str | None
    kind: MediaKind | None
    duration_s: float | None
    clip_state: ClipState
    uploaded_at: datetime
    withheld: bool
    urgent: bool
    media_url: str | None
    poster_url: str | None
    reports: list[ReportEntry]
    history: list[QuarantineStep]


class ReportDecisionIn(RequestModel):
    """Why, for the file; and what the reporter is told where there is a way to reach them."""

    note: PlainText = Field(min_length=3, max_length=2000)
    answer: PlainText | None = Field(default=None, max_length=2000)


def queue_body(cases: list[CaseRow]) -> dict[str, Any]:
    """`ReportQueue`."""
    return {
        "items": [
            {
                "id": case.id,
                "name": case.original_name,
                "kind": case.kind,
                "reasons": case.reasons,
                "reports": case.n_reports,
                "reported_at": case.created_at,
                "withheld": case.quarantined_at is not None,
            }
            for case in cases
        ]
    }


def report_body(report: ReportRow) -> dict[str, Any]:
    """`ReportEntry`."""
    return {
        "id": report.id,
        "receipt": report.receipt,
        "reason": report.reason,
        "note": report.note,
        "contact": report.contact,
        "reporter": report.reporter_name,
        "state": report.state,
        "reported_at": report.created_at,
        "decided_at": report.decided_at,
        "decision_note": report.decision_note,
        "answer": report.answer,
    }


def step_body(step: QuarantineRow) -> dict[str, Any]:
    """`QuarantineStep`."""
    return {
        "action": step.action,
        "desk": step.desk,
        "reason": step.reason,
        "note": step.note,
        "reference": step.reference,
        "by": step.actor_name,
        "at": step.at,
    }


def case_body(case: Case) -> dict[str, Any]:
    """`ReportCase`."""
    clip = case.clip
    at = f"/api/v1/reports/{case.report.id}/media"
    return {
        "id": case.report.id,
        "clip_id": clip.id,
        "name": clip.original_name,
        "source": clip.source,
        "licence": clip.licence,
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "clip_state": clip.state,
        "uploaded_at": clip.created_at,
        "withheld": clip.quarantined_at is not None,
        "urgent": any(report.reason == "intimate" and report.state == "open" for report in case.reports),
        "media_url": f"{at}/preview" if "preview" in clip.rendition_names else None,
        "poster_url": f"{at}/poster" if "poster" in clip.rendition_names else None,
        "reports": [report_body(report) for report in case.reports],
        "history": [step_body(step) for step in case.history],
    }
