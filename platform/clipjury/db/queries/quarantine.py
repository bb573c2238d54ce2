"""Withholding a clip: its history, its columns, its live leases."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as
from clipjury.domain.quarantine import Standing, Step

# Assignments first, clip second: the order in which a vote takes its locks.
_LOCK_LEASES = text(
    "SELECT id FROM assignments WHERE clip_id = :clip_id AND state = 'leased' ORDER BY id FOR UPDATE"
)
_LOCK_CLIP = text("SELECT id FROM clips WHERE id = :clip_id FOR UPDATE")
_HISTORY = text(
    """
SELECT q.id, q.action, q.desk, q.reason, q.note, q.reference, q.at, q.actor_id, u.display_name AS actor_name
FROM quarantines q LEFT JOIN users u ON u.id = q.actor_id WHERE q.clip_id = :clip_id ORDER BY q.id"""
)
_INSERT = text(
    """
INSERT INTO quarantines (clip_id, action, desk, reason, note, reference, report_id, actor_id)
VALUES (:clip_id, :action, :desk, :reason, :note, :reference, :report_id, :actor_id)"""
)
_MARK = text(
    """
UPDATE clips SET is_safeguarded = :is_safeguarded,
  quarantined_at = CASE WHEN :is_quarantined THEN COALESCE(quarantined_at, clock_timestamp()) END
WHERE id = :clip_id"""
)
_WITHDRAW = text(
    """
WITH ended AS (
  UPDATE assignments SET state = 'withdrawn', ended_at = clock_timestamp()
  WHERE clip_id = :clip_id AND id = ANY(:lease_ids) AND state = 'leased' RETURNING id)
UPDATE clips SET live_leases = live_leases - (SELECT count(*) FROM ended) WHERE id = :clip_id"""
)
_REVEAL = text("INSERT INTO media_reveals (clip_id, user_id) VALUES (:clip_id, :user_id)")
_IS_REVEALED = text(
    """
SELECT EXISTS (SELECT FROM media_reveals WHERE clip_id = :clip_id AND user_id = :user_id
  AND at > clock_timestamp() - make_interval(secs => :within_s))"""
)


@dataclass(frozen=True)
class QuarantineRow:
    """One step between withheld and shown; nobody as actor: the rule."""

    id: int
    action: str
    desk: str
    reason: str
    note: str
    reference: str | None
    at: datetime
    actor_id: int | None
    actor_name: str | None

    @property
    def step(self) -> Step:
        """The step as the rules know it."""
        return Step(self.action, self.desk)  # type: ignore[arg-type]  # held by the columns' checks


@dataclass(frozen=True)
class NewStep:
    """A step to be taken. `reference`: the authorities' number, with a block alone."""

    clip_id: uuid.UUID
    action: str
    desk: str
    reason: str
    note: str = ""
    reference: str | None = None
    report_id: uuid.UUID | None = None
    actor_id: int | None = None


def lock_with_leases(session: Session, clip_id: uuid.UUID) -> list[uuid.UUID]:
    """Lock the clip's live leases, then the clip; the leases' ids.

    A lease taken between the two stays live and runs out: whoever holds it is told all the same, by the clip's
    columns, which every route looks at.
    """
    leases = list(session.execute(_LOCK_LEASES, {"clip_id": clip_id}).scalars())
    session.execute(_LOCK_CLIP, {"clip_id": clip_id})
    return leases


def list_steps(session: Session, clip_id: uuid.UUID) -> list[QuarantineRow]:
    """The clip's history, oldest first."""
    return [row_as(QuarantineRow, row) for row in session.execute(_HISTORY, {"clip_id": clip_id})]


def insert_step(session: Session, step: NewStep) -> None:
    """Append a step; the clip is locked."""
    session.execute(_INSERT, vars(step))


def mark_clip(session: Session, clip_id: uuid.UUID, standing: Standing) -> None:
    """Set the columns that routes and queries look at; the clip is locked."""
    session.execute(
        _MARK,
        {
            "clip_id": clip_id,
            "is_quarantined": standing.is_quarantined,
            "is_safeguarded": standing.is_safeguarded,
        },
    )


def withdraw_leases(session: Session, clip_id: uuid.UUID, lease_ids: list[uuid.UUID]) -> None:
    """End these leases, which are locked, and give their places back."""
    session.execute(_WITHDRAW, {"clip_id": clip_id, "lease_ids": lease_ids})


def note_reveal(session: Session, clip_id: uuid.UUID, user_id: int) -> None:
    """The officer asked to look."""
    session.execute(_REVEAL, {"clip_id": clip_id, "user_id": user_id})


def is_revealed(session: Session, clip_id: uuid.UUID, user_id: int, within_s: float) -> bool:
    """Whether the officer has, not longer ago than that."""
    parameters = {"clip_id": clip_id, "user_id": user_id, "within_s": within_s}
    return bool(session.execute(_IS_REVEALED, parameters).scalar())
