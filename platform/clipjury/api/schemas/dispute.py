"""The queue of disputes, and what moderators send."""

import uuid
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.api.schemas.cursor import decode_parts, encode_parts
from clipjury.api.schemas.words import ClipState, Conflict, MediaKind, Outcome, ShownReason
from clipjury.db.queries.adjudications import ProvisionalRow
from clipjury.db.queries.disputes import QueuedRow, QueuePlace
from clipjury.services.disputes import QueueEntry

DisputeState = TypeAliasType("DisputeState", Literal["open", "decided"])


class DisputesQuery(QueryModel):
    """Which disputes; `blind_check` stands for reasons that are told after sealing."""

    state: DisputeState = "open"
    reason: ShownReason | None = None
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=100)


class ProvisionalIn(RequestModel):
    """What the moderator thinks before any score is shown."""

    verdict: Outcome


class DecisionIn(RequestModel):
    """The verdict, why in ids of the vocabulary, and why in words."""

    verdict: Outcome
    reason_codes: list[PlainText] = Field(max_length=50)
    rationale: PlainText


class QueuedDispute(AnswerModel):
    """A line of the queue. `expected_value`: closeness to one half × importance × age, by the people alone; null for
    a decided one. `conflict`: what keeps this moderator from judging it."""

    id: uuid.UUID
    clip_id: uuid.UUID
    round: int
    state: DisputeState
    opened_at: datetime
    reasons: list[ShownReason]
    expected_value: float | None
    kind: MediaKind | None
    duration_s: float | None
    clip_state: ClipState
    importance: int
    n_votes: int
    poster_url: str | None
    simulated: bool
    has_sealed: bool
    conflict: Conflict | None
    decided_at: datetime | None
    verdict: Outcome | None


class DisputePage(AnswerModel):
    """Disputes, the most valuable first; decided ones, the newest first."""

    items: list[QueuedDispute]
    next_cursor: str | None


class Provisional(AnswerModel):
    """A sealed provisional verdict; `is_blind`: no figure of the clip's group had been shown to the moderator."""

    verdict: Outcome
    is_blind: bool
    sealed_at: datetime


def queued_body(entry: QueueEntry) -> dict[str, Any]:
    """`QueuedDispute`."""
    row = entry.row
    is_open = row.decided_at is None
    return {
        "id": row.id,
        "clip_id": row.clip_id,
        "round": row.round,
        "state": "open" if is_open else "decided",
        "opened_at": row.opened_at,
        "reasons": entry.reasons,
        "expected_value": row.value if is_open else None,
        "kind": row.kind,
        "duration_s": row.duration_s,
        "clip_state": "open" if row.clip_state == "closing" else row.clip_state,
        "importance": row.importance,
        "n_votes": row.votes_count,
        "poster_url": f"/api/v1/clips/{row.clip_id}/media/poster" if row.has_poster else None,
        "simulated": row.is_simulated,
        "has_sealed": row.has_sealed,
        "conflict": entry.conflict,
        "decided_at": row.decided_at,
        "verdict": row.decided_verdict,
    }


def provisional_body(row: ProvisionalRow) -> dict[str, Any]:
    """`Provisional`."""
    return {"verdict": row.verdict, "is_blind": row.is_blind, "sealed_at": row.sealed_at}


def encode_queue_place(row: QueuedRow) -> str:
    """Where the page after this line begins."""
    return encode_parts(row.as_of.isoformat(), repr(row.value), row.id)


def decode_queue_place(cursor: str | None) -> QueuePlace | None:
    """The place a cursor stands for; raises InvalidError."""
    return decode_parts(cursor, _place)


def _place(parts: list[str]) -> QueuePlace:
    as_of, value, dispute_id = parts
    place = QueuePlace(datetime.fromisoformat(as_of), float(value), uuid.UUID(dispute_id))
    if place.as_of.tzinfo is None or not isfinite(place.value):
        raise ValueError("not a place of the queue")
    return place
