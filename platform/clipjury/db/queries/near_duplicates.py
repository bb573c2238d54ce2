"""Pairs of clips that look alike."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as
from clipjury.domain.near_duplicates import Likeness

_COLUMNS = """
  n.id, n.clip_a_id, n.clip_b_id, n.distance, n.share_a, n.share_b, n.is_mirrored, n.state, n.hindrance, n.created_at,
  n.decided_at, n.note"""

_INSERT = text(
    """
INSERT INTO near_duplicates (clip_a_id, clip_b_id, distance, share_a, share_b, is_mirrored, state)
VALUES (LEAST(CAST(:a AS uuid), CAST(:b AS uuid)), GREATEST(CAST(:a AS uuid), CAST(:b AS uuid)), :distance,
  CASE WHEN CAST(:a AS uuid) < CAST(:b AS uuid) THEN :share_a ELSE :share_b END,
  CASE WHEN CAST(:a AS uuid) < CAST(:b AS uuid) THEN :share_b ELSE :share_a END, :is_mirrored, 'suggested')
ON CONFLICT (clip_a_id, clip_b_id) DO NOTHING RETURNING id"""
)
_FIND = text(f"SELECT {_COLUMNS} FROM near_duplicates n WHERE n.id = :id")
_LOCK = text(f"SELECT {_COLUMNS} FROM near_duplicates n WHERE n.id = :id FOR UPDATE")
_OF_CLIP = text(
    f"""
SELECT {_COLUMNS} FROM near_duplicates n
WHERE n.clip_a_id = :clip_id OR n.clip_b_id = :clip_id
ORDER BY n.state = 'rejected', n.distance, n.id"""
)
_SET_STATE = text(
    """
UPDATE near_duplicates SET state = :state, hindrance = :hindrance, decided_by = :actor_id, note = :note,
  decided_at = CASE WHEN CAST(:actor_id AS bigint) IS NULL THEN decided_at ELSE clock_timestamp() END
WHERE id = :id"""
)
_CHANGE = text(
    """
INSERT INTO near_duplicate_changes (near_duplicate_id, state, actor_id, note)
VALUES (:id, :state, :actor_id, :note) RETURNING id"""
)


@dataclass(frozen=True)
class NearDuplicateRow:
    """A pair, its likeness, and what was decided about it."""

    id: uuid.UUID
    clip_a_id: uuid.UUID
    clip_b_id: uuid.UUID
    distance: int
    share_a: float
    share_b: float
    is_mirrored: bool
    state: str
    hindrance: str | None
    created_at: datetime
    decided_at: datetime | None
    note: str

    def other_than(self, clip_id: uuid.UUID) -> uuid.UUID:
        """The other clip of the pair."""
        return self.clip_b_id if self.clip_a_id == clip_id else self.clip_a_id


def insert_pair(session: Session, a: uuid.UUID, b: uuid.UUID, likeness: Likeness) -> uuid.UUID | None:
    """A new pair as `suggested`; None for one that is known already, whatever was decided about it."""
    row = session.execute(
        _INSERT,
        {
            "a": a,
            "b": b,
            "distance": likeness.distance,
            "share_a": likeness.share_a,
            "share_b": likeness.share_b,
            "is_mirrored": likeness.is_mirrored,
        },
    ).scalar()
    return uuid.UUID(str(row)) if row is not None else None


def find_pair(session: Session, pair_id: uuid.UUID) -> NearDuplicateRow | None:
    """The pair."""
    return row_as(NearDuplicateRow, session.execute(_FIND, {"id": pair_id}).one_or_none())


def lock_pair(session: Session, pair_id: uuid.UUID) -> NearDuplicateRow | None:
    """The pair, locked until the transaction ends."""
    return row_as(NearDuplicateRow, session.execute(_LOCK, {"id": pair_id}).one_or_none())


def list_of_clip(session: Session, clip_id: uuid.UUID) -> list[NearDuplicateRow]:
    """The clip's pairs, the most alike first, rejected ones last."""
    return [row_as(NearDuplicateRow, row) for row in session.execute(_OF_CLIP, {"clip_id": clip_id})]


def set_state(
    session: Session,
    pair_id: uuid.UUID,
    state: str,
    *,
    actor_id: int | None,
    note: str = "",
    hindrance: str | None = None,
) -> int:
    """Move the locked pair to a state and note it in its history; the change's id."""
    parameters = {"id": pair_id, "state": state, "actor_id": actor_id, "note": note, "hindrance": hindrance}
    session.execute(_SET_STATE, parameters)
    return int(session.execute(_CHANGE, parameters).scalar_one())
