"""Published verdicts: of one clip, and the latest."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_COLUMNS = """
c.id, c.group_id, c.sha256, c.state, c.quarantined_at IS NOT NULL AS is_quarantined, c.kind, c.duration_s, c.frames,
c.is_simulated, c.outcome, c.retirement_reason, c.retired_at, c.p_full, c.p_low, c.p_high, c.votes_count,
c.n_effective, c.policy_version"""

_FIND = text(f"SELECT {_COLUMNS} FROM clips c WHERE c.id = :clip_id")

_LATEST = text(
    f"""
SELECT {_COLUMNS} FROM clips c
WHERE c.state = 'retired' AND c.quarantined_at IS NULL AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid)
  AND (CAST(:before AS timestamptz) IS NULL OR (c.retired_at, c.id) < (:before, CAST(:before_id AS uuid)))
ORDER BY c.retired_at DESC, c.id DESC LIMIT :limit"""
)

_ANSWERS = text(
    """
SELECT v.label, v.kinds, u.is_simulated FROM votes v JOIN users u ON u.id = v.reviewer_id
WHERE v.clip_id = :clip_id ORDER BY v.id"""
)

_DETECTORS = text(
    """
SELECT count(*) AS asked, count(*) FILTER (WHERE s.p_manipulated IS NOT NULL AND s.is_in_domain) AS counted
FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
WHERE s.clip_id = :clip_id AND d.state = 'active'"""
)

_VERDICTS = text(
    "SELECT sequence, outcome, reason, created_at FROM verdicts WHERE clip_id = :clip_id ORDER BY sequence"
)


@dataclass(frozen=True)
class PublicRow:
    """A clip with what is published of it once it has retired."""

    id: uuid.UUID
    group_id: uuid.UUID
    sha256: str
    state: str
    is_quarantined: bool
    kind: str
    duration_s: float | None
    frames: int | None
    is_simulated: bool
    outcome: str | None
    retirement_reason: str | None
    retired_at: datetime | None
    p_full: float | None
    p_low: float | None
    p_high: float | None
    votes_count: int
    n_effective: float | None
    policy_version: int | None


@dataclass(frozen=True)
class AnswerRow:
    """What one person answered, without who it was."""

    label: str
    kinds: list[str]
    is_simulated: bool


@dataclass(frozen=True)
class DetectorsRow:
    """How many detector versions were asked, and how many answers counted."""

    asked: int
    counted: int


@dataclass(frozen=True)
class PublishedRow:
    """One verdict in the clip's history."""

    sequence: int
    outcome: str
    reason: str
    created_at: datetime


def find_clip(session: Session, clip_id: uuid.UUID) -> PublicRow | None:
    """The clip, whatever its state."""
    return row_as(PublicRow, session.execute(_FIND, {"clip_id": clip_id}).one_or_none())


def list_latest(
    session: Session,
    *,
    held_group: uuid.UUID | None,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[PublicRow]:
    """Clips whose verdict is published, the latest first, without `held_group`."""
    place = {"before": before[0] if before else None, "before_id": before[1] if before else None}
    rows = session.execute(_LATEST, {"held_group": held_group, "limit": limit, **place})
    return [row_as(PublicRow, row) for row in rows]


def list_answers(session: Session, clip_id: uuid.UUID) -> list[AnswerRow]:
    """What the people answered, in the order of their votes."""
    return [row_as(AnswerRow, row) for row in session.execute(_ANSWERS, {"clip_id": clip_id})]


def count_detectors(session: Session, clip_id: uuid.UUID) -> DetectorsRow:
    """How many detectors were asked and how many counted."""
    return row_as(DetectorsRow, session.execute(_DETECTORS, {"clip_id": clip_id}).one())


def list_verdicts(session: Session, clip_id: uuid.UUID) -> list[PublishedRow]:
    """Every verdict of the clip, the first one first."""
    return [row_as(PublishedRow, row) for row in session.execute(_VERDICTS, {"clip_id": clip_id})]
