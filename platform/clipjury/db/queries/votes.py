"""Sealed votes: the ballots of a clip, sealing one more, and reading them back."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as
from clipjury.domain.events import Event

_VOTE_COLUMNS = """
  v.id, v.assignment_id, v.clip_id, v.reviewer_id, v.label, v.confidence, v.lean, v.kinds, v.segments, v.regions,
  v.cues, v.rationale, v.body_hash, v.cast_at"""

_SEAL = Prepared(
    "seal_vote",
    """
WITH ended AS (
  UPDATE assignments SET state = 'voted', ended_at = clock_timestamp()
  WHERE id = :assignment_id AND state = 'leased'
    -- Asked once more under the clip's lock: while this vote waited for it, a link may have joined the clip's group
    -- with one that the reviewer knows.
    AND NOT EXISTS (SELECT FROM exposures e WHERE e.user_id = :reviewer_id AND (e.group_id = :group_id
      OR e.group_id IN (SELECT part_id FROM group_parts WHERE group_parts.group_id = :group_id)))
  RETURNING id),
exposed AS (
  INSERT INTO exposures (user_id, group_id, reason) VALUES (:reviewer_id, :group_id, 'voted')
  ON CONFLICT (user_id, group_id) DO NOTHING),
-- The event goes along: a statement of its own would be one round trip more in every vote.
sent AS (INSERT INTO outbox (event, payload) SELECT :event, CAST(:payload AS jsonb) FROM ended),
audited AS (
  INSERT INTO audit_events (actor_id, action, subject, detail)
  SELECT :reviewer_id, :event, :subject, CAST(:payload AS jsonb) FROM ended)
INSERT INTO votes (id, assignment_id, clip_id, reviewer_id, label, confidence, lean, kinds, segments, regions,
  cues, rationale, body_hash, cast_at)
SELECT :vote_id, ended.id, :clip_id, :reviewer_id, :label, :confidence, :lean, CAST(:kinds AS text[]),
  CAST(:segments AS jsonb), CAST(:regions AS jsonb), CAST(:cues AS text[]), :rationale, :body_hash,
  clock_timestamp()
FROM ended RETURNING cast_at""",
    vote_id="bigint",
    assignment_id="uuid",
    clip_id="uuid",
    group_id="uuid",
    reviewer_id="bigint",
    label="text",
    confidence="double precision",
    lean="text",
    kinds="text[]",
    segments="jsonb",
    regions="jsonb",
    cues="text[]",
    rationale="text",
    body_hash="text",
    event="text",
    subject="text",
    payload="jsonb",
)

_BY_ASSIGNMENT = text(f"SELECT {_VOTE_COLUMNS} FROM votes v WHERE v.assignment_id = :assignment_id")

_OF_CLIP = text(
    f"""
SELECT {_VOTE_COLUMNS}, u.is_simulated FROM votes v JOIN users u ON u.id = v.reviewer_id
WHERE v.clip_id = :clip_id ORDER BY v.id"""
)

_HISTORY = text(
    """
SELECT v.id, v.label, v.confidence, v.cast_at, v.clip_id, c.state AS clip_state, c.outcome,
  g.label AS gold_label, g.created_at AS gold_since, now() AS read_at,
  c.quarantined_at IS NOT NULL AS is_withheld
FROM votes v JOIN clips c ON c.id = v.clip_id
LEFT JOIN gold_labels g ON g.clip_id = c.id AND g.role = 'serve' AND c.quarantined_at IS NULL
WHERE v.reviewer_id = :reviewer_id AND (CAST(:before AS bigint) IS NULL OR v.id < :before)
ORDER BY v.id DESC LIMIT :limit"""
)

_COUNTS = text(
    """
SELECT count(*) AS votes_total, count(*) FILTER (WHERE cast_at >= date_trunc('day', now())) AS votes_today
FROM votes WHERE reviewer_id = :reviewer_id"""
)


@dataclass(frozen=True)
class VoteRow:
    """A sealed vote."""

    id: int
    assignment_id: uuid.UUID
    clip_id: uuid.UUID
    reviewer_id: int
    label: str
    confidence: float | None
    lean: str | None
    kinds: list[str]
    segments: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    cues: list[str]
    rationale: str
    body_hash: str
    cast_at: datetime


@dataclass(frozen=True)
class ClipVoteRow(VoteRow):
    """A sealed vote with whether a simulated reviewer cast it."""

    is_simulated: bool


@dataclass(frozen=True)
class HistoryRow:
    """One line of a reviewer's own history. gold_label is not for their eyes before the feedback is due."""

    id: int
    label: str
    confidence: float | None
    cast_at: datetime
    clip_id: uuid.UUID
    clip_state: str
    outcome: str | None
    gold_label: str | None
    gold_since: datetime | None
    read_at: datetime
    is_withheld: bool


@dataclass(frozen=True)
class BallotBody:
    """What a reviewer answers. `segments` {start_frame, end_frame}; `regions` fractions of the shown frame."""

    label: str
    confidence: float | None
    lean: str | None
    kinds: tuple[str, ...]
    segments: tuple[dict[str, int], ...]
    regions: tuple[dict[str, float], ...]
    cues: tuple[str, ...]
    rationale: str


def seal_vote(
    session: Session,
    *,
    vote_id: int,
    assignment_id: uuid.UUID,
    clip_id: uuid.UUID,
    group_id: uuid.UUID,
    reviewer_id: int,
    body: BallotBody,
    body_hash: str,
    happened: Event,
) -> datetime | None:
    """End the lease, note the exposure and the event, insert the vote; None if the lease was not live."""
    row = _SEAL.row(
        session,
        {
            "vote_id": vote_id,
            "assignment_id": assignment_id,
            "clip_id": clip_id,
            "group_id": group_id,
            "reviewer_id": reviewer_id,
            "label": body.label,
            "confidence": body.confidence,
            "lean": body.lean,
            "kinds": list(body.kinds),
            "segments": json.dumps(body.segments),
            "regions": json.dumps(body.regions),
            "cues": list(body.cues),
            "rationale": body.rationale,
            "body_hash": body_hash,
            "event": happened.name,
            "subject": f"clip:{clip_id}",
            "payload": json.dumps(happened.payload()),
        },
    )
    return row[0] if row else None


def find_by_assignment(session: Session, assignment_id: uuid.UUID) -> VoteRow | None:
    """The vote that was cast under this lease."""
    return row_as(VoteRow, session.execute(_BY_ASSIGNMENT, {"assignment_id": assignment_id}).one_or_none())


def list_of_clip(session: Session, clip_id: uuid.UUID) -> list[ClipVoteRow]:
    """All votes of a clip in the order they were cast."""
    return [row_as(ClipVoteRow, row) for row in session.execute(_OF_CLIP, {"clip_id": clip_id})]


def list_history(
    session: Session, reviewer_id: int, limit: int, before: int | None = None
) -> list[HistoryRow]:
    """The reviewer's own votes, newest first, `before` a vote id."""
    parameters = {"reviewer_id": reviewer_id, "limit": limit, "before": before}
    return [row_as(HistoryRow, row) for row in session.execute(_HISTORY, parameters)]


def count_of_reviewer(session: Session, reviewer_id: int) -> tuple[int, int]:
    """Votes cast in all, and today (UTC by the database's clock)."""
    row = session.execute(_COUNTS, {"reviewer_id": reviewer_id}).one()
    return int(row.votes_total), int(row.votes_today)


_RETIRED_LABELS = text(
    """
SELECT c.id AS clip_id, c.sha256, c.group_id, c.kind, c.duration_s, c.frames, c.width_px, c.height_px, c.source,
  c.licence, c.is_simulated, c.outcome, c.retirement_reason, c.retired_at, c.p_people, c.p_full, c.p_low, c.p_high,
  c.n_effective, c.votes_count, c.reliability_version, c.policy_version,
  COALESCE((SELECT jsonb_agg(jsonb_build_object(
      'vote_id', v.id, 'reviewer_id', v.reviewer_id, 'label', v.label, 'confidence', v.confidence, 'lean', v.lean,
      'kinds', v.kinds, 'segments', v.segments, 'regions', v.regions, 'cues', v.cues, 'rationale', v.rationale,
      'cast_at', v.cast_at, 'simulated', u.is_simulated) ORDER BY v.id)
    FROM votes v JOIN users u ON u.id = v.reviewer_id WHERE v.clip_id = c.id), '[]') AS votes
FROM clips c
WHERE c.state = 'retired' AND c.quarantined_at IS NULL
  AND (CAST(:since AS timestamptz) IS NULL OR c.retired_at >= :since)
ORDER BY c.retired_at, c.id"""
)


def stream_retired(session: Session, since: datetime | None, batch: int = 500) -> Iterator[dict[str, Any]]:
    """Retired clips with all their votes, from a server-side cursor, `batch` rows in memory at a time."""
    result = session.execute(
        _RETIRED_LABELS, {"since": since}, execution_options={"stream_results": True, "yield_per": batch}
    )
    for row in result:
        yield dict(row._mapping)
