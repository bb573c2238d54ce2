"""The scores that detector versions gave."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_INSERT_SCORE = text(
    """
INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, abstention, error, frames_used,
  faces, seconds, findings, face_px)
VALUES (:clip_id, :detector_version_id, :p_manipulated, :is_in_domain, :abstention, :error, :frames_used, :faces,
  :seconds, CAST(:findings AS jsonb), :face_px)
ON CONFLICT (clip_id, detector_version_id) DO NOTHING RETURNING id"""
)

_SCORES = text(
    """
SELECT d.detector, d.version, s.p_calibrated IS NOT NULL AS is_calibrated, d.state = 'active' AS is_current,
  COALESCE(s.p_calibrated, s.p_manipulated) AS p_manipulated, s.detector_version_id, s.is_in_domain,
  s.abstention, s.error, s.frames_used, s.faces, s.seconds, s.findings
FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
WHERE s.clip_id = :clip_id ORDER BY d.state = 'active' DESC, d.detector, d.id DESC"""
)


@dataclass(frozen=True)
class NewScore:
    """A detector version's answer; `p_manipulated` None where it abstained or failed.

    `face_px`: median longer side of the faces' boxes in the frames as scored; None without a face.
    """

    clip_id: uuid.UUID
    detector_version_id: int
    p_manipulated: float | None
    is_in_domain: bool
    abstention: str | None
    error: str | None
    frames_used: int
    faces: int
    seconds: float
    findings: Sequence[Mapping[str, Any]] = ()
    face_px: float | None = None


@dataclass(frozen=True)
class ScoreRow:
    """A score with the version that gave it, calibrated where gold has shown what it is worth.

    Only those of versions in force are current, and count.
    """

    detector: str
    version: str
    is_calibrated: bool
    is_current: bool
    detector_version_id: int
    p_manipulated: float | None
    is_in_domain: bool
    abstention: str | None
    error: str | None
    frames_used: int
    faces: int
    seconds: float
    findings: list[dict[str, Any]]


def insert_score(session: Session, score: NewScore) -> bool:
    """Store the score; False if this version had answered for the clip already."""
    values = vars(score) | {"findings": json.dumps(list(score.findings))}
    return session.execute(_INSERT_SCORE, values).scalar() is not None


def list_scores(session: Session, clip_id: uuid.UUID) -> list[ScoreRow]:
    """All versions' scores for the clip, those that count first."""
    return [row_as(ScoreRow, row) for row in session.execute(_SCORES, {"clip_id": clip_id})]
