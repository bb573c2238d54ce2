"""The backlog after another detector version came into force: what to score again, what to compute again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.gate import ToScoreRow
from clipjury.db.queries.rows import row_as

# Open clips first, in the order in which the queue would serve them, then those that have retired, newest first; a
# clip on its way in is scored by its own job.
_UNSCORED = text(
    """
SELECT c.id, c.sha256, c.kind FROM clips c
WHERE c.state IN ('open', 'closing', 'retired') AND c.quarantined_at IS NULL
  AND NOT (c.id = ANY(CAST(:tried AS uuid[])))
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :version_id)
ORDER BY c.state = 'retired', c.state <> 'retired' AND c.queue_priority > 1,
  CASE WHEN c.state <> 'retired' THEN c.queue_bucket END, c.created_at DESC, c.id LIMIT :limit"""
)

# Every one of them: a vote in flight may have been computed under the version before, whenever it was written.
_SCORED = text(
    """
SELECT c.id FROM clips c
WHERE c.state = ANY(:states) AND c.id > CAST(:after AS uuid)
  AND EXISTS (SELECT FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
    WHERE s.clip_id = c.id AND d.detector = :detector)
ORDER BY c.id LIMIT :limit"""
)

_COUNT = text(
    """
SELECT count(*) FILTER (WHERE c.state <> 'retired') AS open, count(*) FILTER (WHERE c.state = 'retired') AS retired
FROM clips c WHERE c.state IN ('open', 'closing', 'retired') AND c.quarantined_at IS NULL
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :version_id)"""
)


@dataclass(frozen=True)
class BacklogRow:
    """How many clips the version has not scored."""

    open: int
    retired: int


def count_unscored(session: Session, version_id: int) -> BacklogRow:
    """How many clips are still to be scored."""
    return row_as(BacklogRow, session.execute(_COUNT, {"version_id": version_id}).one())


def list_unscored(session: Session, version_id: int, tried: list[uuid.UUID], limit: int) -> list[ToScoreRow]:
    """Clips still to be scored but for those tried already, those that reviewers will be given next first."""
    values = {"version_id": version_id, "tried": tried, "limit": limit}
    return [row_as(ToScoreRow, row) for row in session.execute(_UNSCORED, values)]


def list_scored(
    session: Session, detector: str, states: Sequence[str], after: uuid.UUID, limit: int
) -> list[uuid.UUID]:
    """Clips in these states with a score of any version of this detector, by id, from behind `after`."""
    values = {"detector": detector, "states": list(states), "after": after, "limit": limit}
    return list(session.execute(_SCORED, values).scalars())
