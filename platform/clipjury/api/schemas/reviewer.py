"""A reviewer's own record."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, QueryModel
from clipjury.api.schemas.words import ClipState, Label, Outcome, ResponseLabel
from clipjury.db.queries.votes import HistoryRow
from clipjury.services.reviewers import OwnRecord, told_gold


class RecordQuery(QueryModel):
    """How many of one's own votes, the newest."""

    limit: int = Field(default=100, ge=1, le=1000)


class Skill(AnswerModel):
    """Balanced accuracy on gold with its 95 % interval; `anchored` once enough gold was answered.

    `synthetic_only`: all of that gold was drawn, and no interval is quoted.
    """

    value: float
    low: float | None
    high: float | None
    gold_answers: int
    anchored: bool
    synthetic_only: bool


class ToldGold(AnswerModel):
    """The clip was gold: its true label, and whether one's answer was right. Told a day or more after the vote."""

    label: Label
    right: bool


class PastVote(AnswerModel):
    """A vote of one's own. Which clip it was, and how it ended, is told once the clip has retired."""

    clip_id: uuid.UUID | None
    label: ResponseLabel
    confidence: float | None
    cast_at: datetime
    clip_state: ClipState
    outcome: Outcome | None
    gold: ToldGold | None


class ReviewerRecord(AnswerModel):
    """What one has cast, newest first, and what is known of one's skill."""

    votes_total: int
    votes_today: int
    skill: Skill
    history: list[PastVote]


def record_body(record: OwnRecord) -> dict[str, Any]:
    """`ReviewerRecord`."""
    return {
        "votes_total": record.votes_total,
        "votes_today": record.votes_today,
        "skill": {
            "value": record.skill.value,
            "low": None if record.is_synthetic_only else record.skill.low,
            "high": None if record.is_synthetic_only else record.skill.high,
            "gold_answers": record.gold_answers,
            "anchored": record.is_anchored,
            "synthetic_only": record.is_synthetic_only,
        },
        "history": [_past_vote(row) for row in record.history],
    }


def _past_vote(row: HistoryRow) -> dict[str, Any]:
    is_told = row.clip_state == "retired" and not row.is_withheld
    told = told_gold(row) if not row.is_withheld else None
    return {
        "clip_id": row.clip_id if is_told else None,
        "label": row.label,
        "confidence": row.confidence,
        "cast_at": row.cast_at,
        # That evidence suffices already is not told while others hold a lease.
        "clip_state": "open" if row.clip_state == "closing" else row.clip_state,
        "outcome": row.outcome if is_told else None,
        "gold": {"label": told[0], "right": told[1]} if told else None,
    }
