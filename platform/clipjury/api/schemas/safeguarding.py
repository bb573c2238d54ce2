"""The safeguarding officer's cases: facts about a clip, and no picture of it."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.report import QuarantineStep, ReportEntry, report_body, step_body
from clipjury.api.schemas.words import ClipState, MediaKind
from clipjury.db.queries.reports import SafeguardedRow
from clipjury.services.safeguarding import SafeguardingCase as CaseView


class SafeguardedClip(AnswerModel):
    """A line of the desk. `reference` stands once the clip is blocked for ever."""

    id: uuid.UUID
    kind: MediaKind | None
    sha256: str
    uploaded_at: datetime
    reported_at: datetime | None
    open_reports: int
    withheld: bool
    reference: str | None


class SafeguardingQueue(AnswerModel):
    """What waits for the officer, and what is blocked."""

    items: list[SafeguardedClip]


class Uploader(AnswerModel):
    """Who brought the clip in."""

    id: int
    display_name: str
    email: str


class SafeguardingCase(AnswerModel):
    """Facts, hash, uploader, reports and history. `media_url` is there for some minutes after a reveal."""

    id: uuid.UUID
    name: str
    kind: MediaKind | None
    duration_s: float | None
    size_bytes: int
    sha256: str
    source: str | None
    licence: str | None
    clip_state: ClipState
    uploaded_at: datetime
    uploader: Uploader | None
    withheld: bool
    blocked: bool
    reveal_allowed: bool
    media_url: str | None
    poster_url: str | None
    reports: list[ReportEntry]
    history: list[QuarantineStep]


class BlockIn(RequestModel):
    """The authorities' reference number, and a note for the file."""

    reference: PlainText = Field(min_length=2, max_length=100)
    note: PlainText = Field(default="", max_length=2000)


class ReleaseIn(RequestModel):
    """Why the clip may be seen again."""

    note: PlainText = Field(min_length=3, max_length=2000)


def safeguarding_queue_body(rows: list[SafeguardedRow]) -> dict[str, Any]:
    """`SafeguardingQueue`."""
    return {
        "items": [
            {
                "id": row.clip_id,
                "kind": row.kind,
                "sha256": row.sha256,
                "uploaded_at": row.uploaded_at,
                "reported_at": row.reported_at,
                "open_reports": row.n_open,
                "withheld": row.is_safeguarded,
                "reference": row.reference,
            }
            for row in rows
        ]
    }


def safeguarding_case_body(case: CaseView, *, reveal_allowed: bool) -> dict[str, Any]:
    """`SafeguardingCase`."""
    clip = case.clip
    at = f"/api/v1/safeguarding/{clip.id}/media"
    shows = case.is_revealed and reveal_allowed
    return {
        "id": clip.id,
        "name": clip.original_name,
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "size_bytes": clip.size_bytes,
        "sha256": clip.sha256,
        "source": clip.source,
        "licence": clip.licence,
        "clip_state": clip.state,
        "uploaded_at": clip.created_at,
        "uploader": (
            {
                "id": case.uploader.id,
                "display_name": case.uploader.display_name,
                "email": case.uploader.email,
            }
            if case.uploader
            else None
        ),
        "withheld": clip.is_safeguarded,
        "blocked": case.is_blocked,
        "reveal_allowed": reveal_allowed,
        "media_url": f"{at}/preview" if shows and "preview" in clip.rendition_names else None,
        "poster_url": f"{at}/poster" if shows and "poster" in clip.rendition_names else None,
        "reports": [report_body(report) for report in case.reports],
        "history": [step_body(step) for step in case.history],
    }
