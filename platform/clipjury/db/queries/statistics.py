"""Counts that anyone may see."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_PUBLIC_STATS = text(
    """
SELECT
  (SELECT count(*) FROM clips WHERE state IN ('open', 'closing') AND quarantined_at IS NULL) AS clips_open,
  (SELECT count(*) FROM clips WHERE state = 'retired' AND quarantined_at IS NULL) AS clips_retired,
  (SELECT count(*) FROM votes) AS votes,
  (SELECT count(DISTINCT reviewer_id) FROM votes) AS reviewers,
  (SELECT count(*) FROM votes v JOIN users u ON u.id = v.reviewer_id WHERE u.is_simulated) AS simulated_votes,
  (SELECT COALESCE(jsonb_object_agg(outcome, n), '{}') FROM (
    SELECT outcome, count(*) AS n FROM clips WHERE state = 'retired' AND quarantined_at IS NULL
    GROUP BY outcome) o) AS outcomes"""
)


@dataclass(frozen=True)
class PublicStatsRow:
    """Counts that anyone may see."""

    clips_open: int
    clips_retired: int
    votes: int
    reviewers: int
    simulated_votes: int
    outcomes: dict[str, int]


def get_public_stats(session: Session) -> PublicStatsRow:
    """Counts for the home page."""
    return row_as(PublicStatsRow, session.execute(_PUBLIC_STATS).one())
