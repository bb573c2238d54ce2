"""Gate gold, both detectors' scores on it, and every comparison that was made."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_GATE = """
FROM gold_labels g JOIN clips c ON c.id = g.clip_id
WHERE g.role = 'gate' AND c.quarantined_at IS NULL AND c.state <> 'failed' AND c.kind IS NOT NULL"""

_COUNT = text(
    f"""
SELECT count(*) FILTER (WHERE g.label = 'manipulated') AS manipulated,
  count(*) FILTER (WHERE g.label = 'authentic') AS authentic,
  (SELECT count(*) FROM detector_comparisons) AS comparisons {_GATE}"""
)

_UNSCORED = text(
    f"""
SELECT c.id, c.sha256, c.kind {_GATE}
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :version_id) ORDER BY c.id"""
)

_BOTH_SCORES = """
LEFT JOIN scores i ON i.clip_id = c.id AND i.detector_version_id = :incumbent
LEFT JOIN scores n ON n.clip_id = c.id AND n.detector_version_id = :candidate
"""

_ITEMS = text(
    f"""
SELECT c.id, c.original_name, c.group_id, g.label, c.kind, COALESCE(c.source, g.source) AS source, c.width_px,
  c.height_px, c.size_bytes, c.frames, COALESCE(i.face_px, n.face_px) AS face_px, i.p_manipulated AS incumbent,
  n.p_manipulated AS candidate
{_GATE.replace("WHERE", _BOTH_SCORES + "WHERE")} ORDER BY c.id"""
)

_GROUPS = text("SELECT id, group_id FROM clips WHERE id = ANY(:clip_ids)")

_INSERT = text(
    """
INSERT INTO detector_comparisons (candidate_id, incumbent_id, outcome, report, job_id)
VALUES (:candidate_id, :incumbent_id, :outcome, CAST(:report AS jsonb), :job_id) RETURNING id"""
)

_COMPARISON = (
    "SELECT id, candidate_id, incumbent_id, outcome, report, job_id, created_at FROM detector_comparisons"
)
_NEWEST = text(f"{_COMPARISON} WHERE candidate_id = :candidate_id ORDER BY id DESC LIMIT 1")
_OF_JOB = text(f"{_COMPARISON} WHERE job_id = :job_id")


@dataclass(frozen=True)
class GateCountRow:
    """Gate items by label, and how often a candidate has been measured on them."""

    manipulated: int
    authentic: int
    comparisons: int


@dataclass(frozen=True)
class ToScoreRow:
    """A clip that a version is to score."""

    id: uuid.UUID
    sha256: str
    kind: str | None


@dataclass(frozen=True)
class GateItemRow:
    """A gate item with both versions' scores (null: abstained or failed).

    `face_px` is what the incumbent measured, so that an item stands in one slice whoever it is compared with; what the
    candidate did where the incumbent saw no face.
    """

    id: uuid.UUID
    original_name: str
    group_id: uuid.UUID
    label: str
    kind: str
    source: str
    width_px: int | None
    height_px: int | None
    size_bytes: int
    frames: int | None
    face_px: float | None
    incumbent: float | None
    candidate: float | None


@dataclass(frozen=True)
class ComparisonRow:
    """A comparison with its report."""

    id: int
    candidate_id: int
    incumbent_id: int
    outcome: str
    report: dict[str, Any]
    job_id: uuid.UUID | None
    created_at: datetime


def count_gate(session: Session) -> GateCountRow:
    """How large the gate set is, and how often it has been looked at."""
    return row_as(GateCountRow, session.execute(_COUNT).one())


def list_unscored(session: Session, version_id: int) -> list[ToScoreRow]:
    """Gate items that this version has not scored."""
    return [row_as(ToScoreRow, row) for row in session.execute(_UNSCORED, {"version_id": version_id})]


def list_items(session: Session, incumbent: int, candidate: int) -> list[GateItemRow]:
    """All gate items with both versions' scores."""
    rows = session.execute(_ITEMS, {"incumbent": incumbent, "candidate": candidate})
    return [row_as(GateItemRow, row) for row in rows]


def get_groups(session: Session, clip_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The near-duplicate group of each of these clips."""
    return {row.id: row.group_id for row in session.execute(_GROUPS, {"clip_ids": list(clip_ids)})}


def insert_comparison(
    session: Session,
    *,
    candidate_id: int,
    incumbent_id: int,
    outcome: str,
    report: dict[str, Any],
    job_id: uuid.UUID | None,
) -> int:
    """Note a comparison; its number."""
    values = {
        "candidate_id": candidate_id,
        "incumbent_id": incumbent_id,
        "outcome": outcome,
        "job_id": job_id,
    }
    return int(session.execute(_INSERT, {**values, "report": json.dumps(report)}).scalar_one())


def find_newest(session: Session, candidate_id: int) -> ComparisonRow | None:
    """The newest comparison of this candidate."""
    return row_as(ComparisonRow, session.execute(_NEWEST, {"candidate_id": candidate_id}).one_or_none())


def find_of_job(session: Session, job_id: uuid.UUID) -> ComparisonRow | None:
    """The comparison that a job made."""
    return row_as(ComparisonRow, session.execute(_OF_JOB, {"job_id": job_id}).one_or_none())
