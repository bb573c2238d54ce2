"""What votes for `manipulated` mark, with what is known of their reviewers."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_OF_CLIP = text(
    """
SELECT v.segments, v.regions, v.kinds, v.cues, r.sensitivity, r.specificity FROM votes v
LEFT JOIN reliabilities r ON r.user_id = v.reviewer_id
  AND r.version = (SELECT version FROM reliability_versions WHERE is_active)
WHERE v.clip_id = :clip_id AND v.label = 'manipulated' ORDER BY v.id"""
)


@dataclass(frozen=True)
class MarkedVoteRow:
    """A sealed vote's marks, and its reviewer's rates in the version in force (null: none known)."""

    segments: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    kinds: list[str]
    cues: list[str]
    sensitivity: float | None
    specificity: float | None


def list_marked_votes(session: Session, clip_id: uuid.UUID) -> list[MarkedVoteRow]:
    """The clip's votes for `manipulated`, in the order they were cast."""
    return [row_as(MarkedVoteRow, row) for row in session.execute(_OF_CLIP, {"clip_id": clip_id})]
