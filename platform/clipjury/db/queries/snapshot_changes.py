"""What two snapshots differ in, and who has read one. Clips in quarantine are told of in neither."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_CHANGES = """
SELECT COALESCE(b.clip_id, a.clip_id) AS clip_id, COALESCE(b.row, a.row) ->> 'sha256' AS sha256,
  CASE WHEN a.clip_id IS NULL THEN 'added' WHEN b.clip_id IS NULL THEN 'removed' ELSE 'flipped' END AS change,
  a.hard_label AS label_before, b.hard_label AS label_after,
  a.soft_label AS soft_before, b.soft_label AS soft_after
FROM (SELECT * FROM snapshot_items WHERE snapshot_id = :before) a
FULL JOIN (SELECT * FROM snapshot_items WHERE snapshot_id = :after) b ON b.clip_id = a.clip_id
JOIN clips c ON c.id = COALESCE(b.clip_id, a.clip_id) AND c.quarantined_at IS NULL
WHERE a.clip_id IS NULL OR b.clip_id IS NULL OR a.hard_label IS DISTINCT FROM b.hard_label"""

_COUNT = text(f"SELECT change, count(*) AS n FROM ({_CHANGES}) t GROUP BY change")
_LIST = text(f"SELECT * FROM ({_CHANGES}) t ORDER BY change, clip_id LIMIT :limit")

_EXPOSE = text(
    """
INSERT INTO exposures (user_id, group_id, reason)
SELECT DISTINCT CAST(:user_id AS bigint), group_id, 'read' FROM snapshot_items WHERE snapshot_id = :id
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

_HOLDS = text(
    """
SELECT EXISTS (SELECT FROM snapshot_items i WHERE i.snapshot_id = :id AND i.group_id = (
  SELECT c.group_id FROM assignments a JOIN clips c ON c.id = a.clip_id
  WHERE a.reviewer_id = :user_id AND a.state = 'leased' AND a.expires_at > clock_timestamp()))"""
)


@dataclass(frozen=True)
class ChangeRow:
    """A clip that was added, removed, or whose hard label flipped."""

    clip_id: uuid.UUID
    sha256: str
    change: str
    label_before: str | None
    label_after: str | None
    soft_before: float | None
    soft_after: float | None


def count_changes(session: Session, before: uuid.UUID, after: uuid.UUID) -> dict[str, int]:
    """How many clips were added, removed and flipped from one snapshot to the other."""
    counted: dict[str, Any] = {row.change: row.n for row in session.execute(_COUNT, _pair(before, after))}
    return {change: int(counted.get(change, 0)) for change in ("added", "removed", "flipped")}


def list_changes(session: Session, before: uuid.UUID, after: uuid.UUID, limit: int) -> list[ChangeRow]:
    """The clips themselves, by change and id."""
    parameters = {**_pair(before, after), "limit": limit}
    return [row_as(ChangeRow, row) for row in session.execute(_LIST, parameters)]


def _pair(before: uuid.UUID, after: uuid.UUID) -> dict[str, Any]:
    return {"before": before, "after": after}


def expose_reader(session: Session, user_id: int, snapshot_id: uuid.UUID) -> None:
    """Note that this user has read about every group of the snapshot."""
    session.execute(_EXPOSE, {"user_id": user_id, "id": snapshot_id})


def holds_group_of(session: Session, user_id: int, snapshot_id: uuid.UUID) -> bool:
    """Whether this user holds a live lease on a near-duplicate of one of the snapshot's clips."""
    return bool(session.execute(_HOLDS, {"user_id": user_id, "id": snapshot_id}).scalar())
