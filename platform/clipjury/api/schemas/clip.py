"""A clip as the person who asks may see it."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, QueryModel, RequestModel
from clipjury.api.schemas.words import ClipState, MediaKind, Outcome, RetirementReason
from clipjury.db.queries.clips import ClipRow
from clipjury.services.clip_views import ClipView

_PROBED = ("processing", "open", "closing", "retired")


class ClipsQuery(QueryModel):
    """Which clips; `cursor` is the `next_cursor` of the page before."""

    state: ClipState | None = None
    mine: bool = False
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=100)


class ClipUpload(QueryModel):
    """The file itself, where it comes from, under which licence, and whether its uploader agrees that the file
    itself is published with datasets (1) or not (0)."""

    file: bytes
    source: str | None = None
    licence: str | None = None
    media_consent: Literal["0", "1"] | None = None


class Steps(AnswerModel):
    """What has been made of the clip so far."""

    probed: bool
    preview: bool
    thumbnails: bool
    scored: bool


class Failure(AnswerModel):
    """Why the file cannot be judged."""

    code: str
    detail: str


class Clip(AnswerModel):
    """A clip. `outcome` and what belongs to it are null until it has retired. `importance`, how much harm a wrong
    verdict would do (1 to 5), is told to whoever may see the consensus; `dispute_id` to moderators."""

    id: uuid.UUID
    state: ClipState
    steps: Steps
    failure: Failure | None
    kind: MediaKind | None
    duration_s: float | None
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    has_audio: bool | None
    size_bytes: int
    sha256: str
    original_name: str | None
    source: str | None
    licence: str | None
    uploaded_at: datetime
    is_mine: bool
    simulated: bool
    has_near_duplicates: bool
    media_url: str | None
    poster_url: str | None
    outcome: Outcome | None
    retired_at: datetime | None
    retirement_reason: RetirementReason | None
    may_see_consensus: bool
    importance: int | None
    dispute_id: uuid.UUID | None


class ImportanceIn(RequestModel):
    """How much harm a wrong verdict would do: 1 is the least, 5 the most."""

    importance: int = Field(ge=1, le=5)


class ClipPage(AnswerModel):
    """Clips, newest first."""

    items: list[Clip]
    next_cursor: str | None


def clip_body(view: ClipView) -> dict[str, Any]:
    """`Clip` for this viewer."""
    clip = view.clip
    at = f"/api/v1/clips/{clip.id}/media"
    return {
        "id": clip.id,
        "state": _shown_state(view),
        "steps": _steps(clip),
        "failure": (
            {"code": clip.failure_code, "detail": clip.failure_detail or ""} if clip.failure_code else None
        ),
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "width": clip.width_px,
        "height": clip.height_px,
        "frames": clip.frames,
        "fps": clip.fps,
        "has_audio": clip.has_audio,
        "size_bytes": clip.size_bytes,
        "sha256": clip.sha256,
        "original_name": clip.original_name,
        "source": clip.source,
        "licence": clip.licence,
        "uploaded_at": clip.created_at,
        "is_mine": view.is_mine,
        "simulated": clip.is_simulated,
        "has_near_duplicates": clip.has_near_duplicates,
        "media_url": f"{at}/preview" if "preview" in clip.rendition_names else None,
        "poster_url": f"{at}/poster" if "poster" in clip.rendition_names else None,
        "outcome": clip.outcome if view.shows_outcome else None,
        "retired_at": clip.retired_at if view.shows_outcome else None,
        "retirement_reason": clip.retirement_reason if view.shows_outcome else None,
        "may_see_consensus": view.may_see_consensus,
        "importance": clip.importance if view.may_see_consensus else None,
        "dispute_id": view.dispute_id,
    }


def _shown_state(view: ClipView) -> str:
    """`closing` says that evidence suffices, so whoever may not see the consensus reads `open`."""
    if view.clip.state == "closing" and not view.may_see_consensus:
        return "open"
    return view.clip.state


def _steps(clip: ClipRow) -> dict[str, bool]:
    return {
        "probed": clip.state in _PROBED,
        "preview": "preview" in clip.rendition_names,
        "thumbnails": "thumbnails" in clip.rendition_names,
        "scored": clip.is_scored,
    }


def received_body(clip: ClipRow, *, is_mine: bool) -> dict[str, Any]:
    """`Clip` as the answer to an upload: never with an outcome, and for bytes that somebody else brought
    without their name for it, where they had it from, or a way to watch it before voting."""
    known = clip_body(ClipView(clip=clip, is_mine=is_mine, shows_outcome=False, may_see_consensus=False))
    if is_mine:
        return known
    return known | dict.fromkeys(("original_name", "source", "licence", "media_url", "poster_url", "failure"))
