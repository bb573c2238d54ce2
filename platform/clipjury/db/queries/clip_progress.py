"""How far a set of clips has come, in one statement."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_PROGRESS = text(
    """
SELECT c.id, c.sha256, c.original_name, c.state, c.outcome, c.failure_code, c.failure_detail, c.kind, c.group_id,
  c.p_people, c.p_full, c.votes_count, g.label AS gold_label, g.role AS gold_role, s.p_manipulated AS p_detector,
  COALESCE(s.is_in_domain, false) AS is_detector_counted
FROM clips c LEFT JOIN gold_labels g ON g.clip_id = c.id
LEFT JOIN LATERAL (
  SELECT s.p_manipulated, s.is_in_domain FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
  WHERE s.clip_id = c.id AND d.state = 'active' ORDER BY s.p_manipulated IS NULL, s.id DESC LIMIT 1) s ON true
WHERE c.sha256 = ANY(:sha256s)"""
)


@dataclass(frozen=True)
class ClipProgressRow:
    """Where a clip stands. `p_detector` is the newest score of a version in force, null where all abstained or failed.

    `is_detector_counted`: the score moved `p_full`.
    """

    id: uuid.UUID
    sha256: str
    original_name: str
    state: str
    outcome: str | None
    failure_code: str | None
    failure_detail: str | None
    kind: str | None
    group_id: uuid.UUID
    p_people: float | None
    p_full: float | None
    votes_count: int
    gold_label: str | None
    gold_role: str | None
    p_detector: float | None
    is_detector_counted: bool


def list_by_sha256(session: Session, sha256s: Sequence[str]) -> list[ClipProgressRow]:
    """The clips with these bytes, in no particular order; bytes that are not there are left out."""
    return [row_as(ClipProgressRow, row) for row in session.execute(_PROGRESS, {"sha256s": list(sha256s)})]


_COUNT_RETIRED = text("SELECT count(*) FROM clips WHERE id = ANY(:clip_ids) AND state = 'retired'")


def count_retired(session: Session, clip_ids: Sequence[uuid.UUID]) -> int:
    """How many of these clips have an outcome."""
    return int(session.execute(_COUNT_RETIRED, {"clip_ids": list(clip_ids)}).scalar_one())


_GOLD = text("SELECT clip_id, label FROM gold_labels WHERE role = 'serve'")


def list_served_gold(session: Session) -> list[tuple[uuid.UUID, str]]:
    """The clips that are served as gold, with their labels."""
    return [(row.clip_id, row.label) for row in session.execute(_GOLD)]


_FAILED = text(
    """
SELECT id FROM clips WHERE state = 'failed' AND failure_code = :failure_code
ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED"""
)


def lock_failed(session: Session, failure_code: str, limit: int) -> list[uuid.UUID]:
    """Lock and return clips that failed with this code, oldest first."""
    return list(session.execute(_FAILED, {"failure_code": failure_code, "limit": limit}).scalars())
