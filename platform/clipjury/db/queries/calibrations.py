"""Calibrations of detector versions, the gold they rest on, and the scores that they turn into probabilities."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.gate import ToScoreRow
from clipjury.db.queries.rows import row_as
from clipjury.domain.conditions import ClipFacts

_FROM = "FROM gold_labels g JOIN clips c ON c.id = g.clip_id"
_IS_GOLD = """
WHERE g.role = 'calibrate' AND c.quarantined_at IS NULL AND c.state <> 'failed' AND c.kind IS NOT NULL"""

_UNSCORED = text(
    f"""
SELECT c.id, c.sha256, c.kind {_FROM} {_IS_GOLD}
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :version_id) ORDER BY c.id"""
)

_ITEMS = text(
    f"""
SELECT c.id, c.kind, c.group_id, g.label, c.source, c.size_bytes, c.width_px, c.height_px, c.frames, s.face_px,
  CASE WHEN s.is_in_domain THEN s.p_manipulated END AS score
{_FROM} LEFT JOIN scores s ON s.clip_id = c.id AND s.detector_version_id = :version_id {_IS_GOLD}
ORDER BY c.id"""
)

_COUNT = text(
    f"""
SELECT c.kind, count(*) FILTER (WHERE g.label = 'manipulated') AS manipulated,
  count(*) FILTER (WHERE g.label = 'authentic') AS authentic {_FROM} {_IS_GOLD} GROUP BY c.kind ORDER BY c.kind"""
)

_INSERT = text(
    """
INSERT INTO detector_calibrations (detector_version_id, kinds, job_id)
VALUES (:version_id, CAST(:kinds AS jsonb), :job_id) ON CONFLICT (job_id) DO NOTHING"""
)

_COLUMNS = "SELECT id, detector_version_id, kinds, job_id, created_at FROM detector_calibrations"
_NEWEST = text(f"{_COLUMNS} WHERE detector_version_id = :version_id ORDER BY id DESC LIMIT 1")

_MARK = text("UPDATE detector_versions SET is_calibrated = :is_calibrated WHERE id = :version_id")

_STALE = text(
    """
SELECT s.id, s.p_manipulated AS score, c.kind, c.source, c.size_bytes, c.width_px, c.height_px, c.frames, s.face_px
FROM scores s JOIN clips c ON c.id = s.clip_id
WHERE s.detector_version_id = :version_id AND (s.calibration_id < :calibration_id OR s.calibration_id IS NULL)
ORDER BY s.id LIMIT :limit FOR UPDATE OF s"""
)

_APPLY = text("UPDATE scores SET p_calibrated = :p, calibration_id = :calibration_id WHERE id = :id")

_APPLY_NEW = text(
    """
UPDATE scores SET p_calibrated = :p, calibration_id = :calibration_id
WHERE clip_id = :clip_id AND detector_version_id = :version_id"""
)

_FACTS = text(
    """
SELECT c.kind, c.source, c.size_bytes, c.width_px, c.height_px, c.frames, s.face_px
FROM scores s JOIN clips c ON c.id = s.clip_id WHERE s.clip_id = :clip_id AND s.detector_version_id = :version_id"""
)


@dataclass(frozen=True)
class CalibrationItemRow:
    """A clip of known truth that is never served, with this version's score (None: abstained, failed, no domain)."""

    id: uuid.UUID
    kind: str
    group_id: uuid.UUID
    label: str
    source: str | None
    size_bytes: int
    width_px: int | None
    height_px: int | None
    frames: int | None
    face_px: float | None
    score: float | None

    @property
    def facts(self) -> ClipFacts:
        """What conditions are read from."""
        return _facts_of(self)


@dataclass(frozen=True)
class CalibrationGoldRow:
    """How much gold there is to calibrate on, by kind of clip."""

    kind: str
    manipulated: int
    authentic: int


@dataclass(frozen=True)
class CalibrationRow:
    """A calibration: by kind of clip the line, its figures, and the gold that it rests on."""

    id: int
    detector_version_id: int
    kinds: dict[str, dict[str, Any]]
    job_id: uuid.UUID
    created_at: datetime


@dataclass(frozen=True)
class StaleScoreRow:
    """A score that does not rest on the newest calibration of its version yet."""

    id: int
    score: float | None
    kind: str | None
    source: str | None
    size_bytes: int
    width_px: int | None
    height_px: int | None
    frames: int | None
    face_px: float | None

    @property
    def facts(self) -> ClipFacts:
        """What conditions are read from."""
        return _facts_of(self)


def _facts_of(row: CalibrationItemRow | StaleScoreRow) -> ClipFacts:
    return ClipFacts(
        row.kind, row.source, row.size_bytes, row.width_px, row.height_px, row.frames, row.face_px
    )


def list_unscored(session: Session, version_id: int) -> list[ToScoreRow]:
    """Gold to calibrate on that this version has not scored."""
    return [row_as(ToScoreRow, row) for row in session.execute(_UNSCORED, {"version_id": version_id})]


def list_items(session: Session, version_id: int) -> list[CalibrationItemRow]:
    """All gold to calibrate on, with this version's scores."""
    return [row_as(CalibrationItemRow, row) for row in session.execute(_ITEMS, {"version_id": version_id})]


def count_gold(session: Session) -> list[CalibrationGoldRow]:
    """How much gold there is to calibrate on."""
    return [row_as(CalibrationGoldRow, row) for row in session.execute(_COUNT)]


def insert_calibration(
    session: Session, version_id: int, kinds: dict[str, dict[str, Any]], job_id: uuid.UUID
) -> None:
    """Note a calibration, once a job; the version counts as calibrated where some kind has a line."""
    parameters = {"version_id": version_id, "kinds": json.dumps(kinds), "job_id": job_id}
    session.execute(_INSERT, parameters)
    has_line = any(kind["line"] is not None for kind in kinds.values())
    session.execute(_MARK, {"version_id": version_id, "is_calibrated": has_line})


def find_newest(session: Session, version_id: int) -> CalibrationRow | None:
    """The calibration that counts."""
    return row_as(CalibrationRow, session.execute(_NEWEST, {"version_id": version_id}).one_or_none())


def list_stale(session: Session, version_id: int, calibration_id: int, limit: int) -> list[StaleScoreRow]:
    """Scores that rest on an earlier calibration, or on none; their rows are locked."""
    parameters = {"version_id": version_id, "calibration_id": calibration_id, "limit": limit}
    return [row_as(StaleScoreRow, row) for row in session.execute(_STALE, parameters)]


def apply(session: Session, calibration_id: int, calibrated: Sequence[tuple[int, float | None]]) -> None:
    """Set each score's probability (None: no line for its kind, or it abstained)."""
    if calibrated:
        rows = [{"id": key, "p": p, "calibration_id": calibration_id} for key, p in calibrated]
        session.execute(_APPLY, rows)


def apply_to_one(
    session: Session, clip_id: uuid.UUID, version_id: int, calibration_id: int, p: float | None
) -> None:
    """The same for the score that was just stored."""
    parameters = {"clip_id": clip_id, "version_id": version_id, "calibration_id": calibration_id, "p": p}
    session.execute(_APPLY_NEW, parameters)


def get_facts(session: Session, clip_id: uuid.UUID, version_id: int) -> ClipFacts:
    """What a line is chosen by for a clip that this version has scored; kind and size are None before it is probed."""
    return row_as(ClipFacts, session.execute(_FACTS, {"clip_id": clip_id, "version_id": version_id}).one())
