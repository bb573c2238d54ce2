"""Who has been shown detectors' figures, and from whom they are withheld."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_NOTE = text(
    """
INSERT INTO score_views (user_id, group_id)
SELECT DISTINCT CAST(:user_id AS bigint), g FROM unnest(CAST(:group_ids AS uuid[])) AS g
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

_NOTE_RETIRED = text(
    """
INSERT INTO score_views (user_id, group_id)
SELECT DISTINCT CAST(:user_id AS bigint), c.group_id FROM clips c
WHERE c.state = 'retired' AND (CAST(:since AS timestamptz) IS NULL OR c.retired_at >= :since)
  AND NOT c.group_id = ANY(CAST(:withheld AS uuid[]))
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

# Disputes without a decision on which this moderator has sealed nothing.
_WITHHELD = """
SELECT c.group_id FROM disputes d JOIN clips c ON c.id = d.clip_id
WHERE NOT EXISTS (SELECT FROM decisions x WHERE x.dispute_id = d.id)
  AND NOT EXISTS (SELECT FROM provisionals p WHERE p.dispute_id = d.id AND p.moderator_id = :user_id)"""

_IS_WITHHELD = text(f"SELECT EXISTS ({_WITHHELD} AND c.group_id = :group_id)")
_ALL_WITHHELD = text(f"SELECT DISTINCT group_id FROM ({_WITHHELD}) w")


def note(session: Session, user_id: int, group_ids: Sequence[uuid.UUID]) -> None:
    """Note that this user is shown figures of each of these groups."""
    if group_ids:
        session.execute(_NOTE, {"user_id": user_id, "group_ids": list(group_ids)})


def note_retired(
    session: Session, user_id: int, since: datetime | None, withheld: Sequence[uuid.UUID]
) -> None:
    """Note that this user is shown figures of all clips that retired at `since` or later, but for `withheld`."""
    session.execute(_NOTE_RETIRED, {"user_id": user_id, "since": since, "withheld": list(withheld)})


def is_withheld(session: Session, user_id: int, group_id: uuid.UUID) -> bool:
    """Whether a dispute of the group is open on which this moderator has not sealed a provisional verdict."""
    found = session.execute(_IS_WITHHELD, {"user_id": user_id, "group_id": group_id}).scalar_one()
    return bool(found)


def list_withheld(session: Session, user_id: int) -> list[uuid.UUID]:
    """The groups of all open disputes on which this moderator has not sealed a provisional verdict."""
    return list(session.execute(_ALL_WITHHELD, {"user_id": user_id}).scalars())
