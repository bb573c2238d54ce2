"""Disputes: opening one, finding and locking a case, and the queue."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as
from clipjury.domain.dispute import MIN_CLOSENESS

# The open dispute of the clip, or a new round; and the reasons it does not have yet. The caller holds the clip's row.
_RAISE = text(
    """
WITH standing AS (
  SELECT d.id, d.round FROM disputes d WHERE d.clip_id = :clip_id
    AND NOT EXISTS (SELECT FROM decisions x WHERE x.dispute_id = d.id)),
fresh AS (
  INSERT INTO disputes (clip_id, round, previous_round, opened_at)
  SELECT :clip_id, COALESCE(max(d.round), 0) + 1, max(d.round), clock_timestamp()
  FROM disputes d WHERE d.clip_id = :clip_id HAVING NOT EXISTS (SELECT FROM standing)
  RETURNING id, round),
target AS (SELECT id, round, false AS is_new FROM standing UNION ALL SELECT id, round, true FROM fresh),
noted AS (
  INSERT INTO dispute_reasons (dispute_id, reason, detail, sampling_weight, created_at)
  SELECT t.id, r.reason, r.detail, r.sampling_weight, clock_timestamp() FROM target t,
    jsonb_to_recordset(CAST(:reasons AS jsonb)) AS r(reason text, detail jsonb, sampling_weight double precision)
  ON CONFLICT (dispute_id, reason) DO NOTHING RETURNING reason)
SELECT t.id, t.round, t.is_new, ARRAY(SELECT reason FROM noted ORDER BY reason) AS noted FROM target t"""
)

_CASE = """
SELECT d.id, d.clip_id, c.group_id, d.round, d.opened_at, c.uploader_id, c.state AS clip_state,
  c.quarantined_at IS NOT NULL AS is_quarantined, x.created_at AS decided_at,
  ARRAY(SELECT r.reason FROM dispute_reasons r WHERE r.dispute_id = d.id ORDER BY r.id) AS reasons
FROM disputes d JOIN clips c ON c.id = d.clip_id LEFT JOIN decisions x ON x.dispute_id = d.id
WHERE d.id = :dispute_id"""
_FIND = text(_CASE)
_LOCK = text(f"{_CASE} FOR UPDATE OF c")
# Asked again under the clip's lock: a row that was joined before waiting for it is as it was before.
_IS_DECIDED = text("SELECT EXISTS (SELECT FROM decisions WHERE dispute_id = :dispute_id)")

# Why this moderator may not judge. Only what ties them to the group, or to an earlier round of the same clip.
_TIES = """
  EXISTS (SELECT FROM assignments a JOIN clips g ON g.id = a.clip_id WHERE a.reviewer_id = :user_id
    AND a.state = 'leased' AND a.expires_at > clock_timestamp() AND g.group_id = c.group_id) AS holds_live_lease,
  EXISTS (SELECT FROM clips g WHERE g.group_id = c.group_id AND g.uploader_id = :user_id) OR
    EXISTS (SELECT FROM exposures e WHERE e.user_id = :user_id AND e.group_id = c.group_id
      AND e.reason = 'uploaded') AS is_uploader,
  EXISTS (SELECT FROM votes v JOIN clips g ON g.id = v.clip_id
    WHERE v.reviewer_id = :user_id AND g.group_id = c.group_id) AS has_voted,
  EXISTS (SELECT FROM appeals p WHERE p.dispute_id = d.id AND p.appellant_id = :user_id) AS has_appealed,
  EXISTS (SELECT FROM disputes e WHERE e.clip_id = d.clip_id AND e.round < d.round AND (
    EXISTS (SELECT FROM case_views w WHERE w.dispute_id = e.id AND w.user_id = :user_id)
    OR EXISTS (SELECT FROM provisionals p WHERE p.dispute_id = e.id AND p.moderator_id = :user_id)
    OR EXISTS (SELECT FROM decisions x WHERE x.dispute_id = e.id AND x.moderator_id = :user_id)))
    AS has_seen_earlier_round"""

_FIND_TIES = text(f"SELECT {_TIES} FROM disputes d JOIN clips c ON c.id = d.clip_id WHERE d.id = :dispute_id")

# domain/dispute.py: expected_value, in SQL, so that the database sorts; a test holds the two equal.
_VALUE = f"""
GREATEST({MIN_CLOSENESS}, 1 - 2 * abs(COALESCE(c.p_people, 0.5) - 0.5)) * c.importance
  * (1 + GREATEST(0, extract(epoch FROM t.as_of - d.opened_at)::double precision) / 3600)"""

_QUEUE = text(
    f"""
WITH t AS (SELECT COALESCE(CAST(:as_of AS timestamptz), clock_timestamp()) AS as_of),
listed AS (
  SELECT d.id, d.clip_id, d.round, d.opened_at, t.as_of, c.group_id, c.kind, c.duration_s, c.state AS clip_state,
    c.importance, c.is_simulated, c.votes_count, x.created_at AS decided_at, x.verdict AS decided_verdict,
    EXISTS (SELECT FROM renditions f WHERE f.clip_id = c.id AND f.name = 'poster') AS has_poster,
    EXISTS (SELECT FROM provisionals p WHERE p.dispute_id = d.id AND p.moderator_id = :user_id) AS has_sealed,
    ARRAY(SELECT r.reason FROM dispute_reasons r WHERE r.dispute_id = d.id ORDER BY r.id) AS reasons,
    CASE WHEN x.id IS NULL THEN {_VALUE} ELSE extract(epoch FROM x.created_at)::double precision END AS value,
    {_TIES}
  FROM t, disputes d JOIN clips c ON c.id = d.clip_id LEFT JOIN decisions x ON x.dispute_id = d.id
  WHERE (x.id IS NOT NULL) = :is_decided AND c.quarantined_at IS NULL
    AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid))
SELECT * FROM listed
WHERE (CAST(:reason AS text) IS NULL OR CASE
    WHEN :reason = 'blind_check' THEN NOT has_sealed AND decided_at IS NULL AND reasons <@ CAST(:veiled AS text[])
    ELSE :reason = ANY(reasons)
      AND (NOT :reason = ANY(CAST(:veiled AS text[])) OR has_sealed OR decided_at IS NOT NULL) END)
  AND (CAST(:before_value AS double precision) IS NULL
    OR (value, id) < (CAST(:before_value AS double precision), CAST(:before_id AS uuid)))
ORDER BY value DESC, id DESC LIMIT :limit"""
)

_NEWEST = text("SELECT id FROM disputes WHERE clip_id = :clip_id ORDER BY round DESC LIMIT 1")

_CAPPED = text(
    """
SELECT c.id, c.importance, c.p_full FROM clips c
WHERE c.retirement_reason = 'cap' AND c.retired_at >= :start AND c.retired_at < :end AND c.quarantined_at IS NULL
  AND NOT EXISTS (SELECT FROM gold_labels g WHERE g.clip_id = c.id AND g.role = 'serve')
  AND NOT EXISTS (SELECT FROM disputes d JOIN dispute_reasons r ON r.dispute_id = d.id
    WHERE d.clip_id = c.id AND r.reason = 'valuable_cap')"""
)
_COUNT_CHOSEN = text(
    """
SELECT count(*) FROM dispute_reasons r JOIN disputes d ON d.id = r.dispute_id JOIN clips c ON c.id = d.clip_id
WHERE r.reason = 'valuable_cap' AND c.retired_at >= :start AND c.retired_at < :end"""
)
_PER_DAY = text("SELECT disputes_per_day FROM policies ORDER BY version DESC LIMIT 1")

_COUNT_OPEN = text(
    "SELECT count(*) FROM disputes d WHERE NOT EXISTS (SELECT FROM decisions x WHERE x.dispute_id = d.id)"
)

_NOTE_VIEW = text(
    """
INSERT INTO case_views (dispute_id, user_id)
SELECT d, CAST(:user_id AS bigint) FROM unnest(CAST(:dispute_ids AS uuid[])) AS d
ON CONFLICT (dispute_id, user_id) DO NOTHING"""
)


@dataclass(frozen=True)
class RaisedRow:
    """The dispute that now stands, whether it is new, and the reasons that were new to it."""

    id: uuid.UUID
    round: int
    is_new: bool
    noted: list[str]


@dataclass(frozen=True)
class DisputeRow:
    """A dispute with what its rules need of the clip; `decided_at` None while it is open."""

    id: uuid.UUID
    clip_id: uuid.UUID
    group_id: uuid.UUID
    round: int
    opened_at: datetime
    uploader_id: int
    clip_state: str
    is_quarantined: bool
    decided_at: datetime | None
    reasons: list[str]


@dataclass(frozen=True)
class TiesRow:
    """What ties a moderator to a case."""

    holds_live_lease: bool
    is_uploader: bool
    has_voted: bool
    has_appealed: bool
    has_seen_earlier_round: bool


@dataclass(frozen=True)
class QueuedRow(TiesRow):
    """A line of the queue. `value` sorts: the expected value at `as_of`, or when it was decided."""

    id: uuid.UUID
    clip_id: uuid.UUID
    round: int
    opened_at: datetime
    as_of: datetime
    group_id: uuid.UUID
    kind: str | None
    duration_s: float | None
    clip_state: str
    importance: int
    is_simulated: bool
    votes_count: int
    decided_at: datetime | None
    decided_verdict: str | None
    has_poster: bool
    has_sealed: bool
    reasons: list[str]
    value: float


@dataclass(frozen=True)
class QueuePlace:
    """Where a page of the queue begins: after this value and id, with ages as of this moment."""

    as_of: datetime
    value: float
    id: uuid.UUID


def raise_dispute(session: Session, clip_id: uuid.UUID, reasons: Sequence[dict[str, Any]]) -> RaisedRow:
    """Open a round, or add reasons to the one that is open. `reasons`: reason, detail, sampling_weight."""
    parameters = {"clip_id": clip_id, "reasons": json.dumps(list(reasons))}
    return row_as(RaisedRow, session.execute(_RAISE, parameters).one())


def find_dispute(session: Session, dispute_id: uuid.UUID) -> DisputeRow | None:
    """The dispute."""
    return row_as(DisputeRow, session.execute(_FIND, {"dispute_id": dispute_id}).one_or_none())


def lock_dispute(session: Session, dispute_id: uuid.UUID) -> DisputeRow | None:
    """The dispute with its clip's row locked until the transaction ends."""
    return row_as(DisputeRow, session.execute(_LOCK, {"dispute_id": dispute_id}).one_or_none())


def is_decided(session: Session, dispute_id: uuid.UUID) -> bool:
    """Whether a decision stands. Ask after `lock_dispute`."""
    return bool(session.execute(_IS_DECIDED, {"dispute_id": dispute_id}).scalar_one())


def get_ties(session: Session, dispute_id: uuid.UUID, user_id: int) -> TiesRow:
    """What ties this moderator to the case."""
    return row_as(TiesRow, session.execute(_FIND_TIES, {"dispute_id": dispute_id, "user_id": user_id}).one())


def list_queue(
    session: Session,
    *,
    user_id: int,
    is_decided: bool,
    reason: str | None,
    veiled: Sequence[str],
    held_group: uuid.UUID | None,
    limit: int,
    before: QueuePlace | None,
) -> list[QueuedRow]:
    """Disputes, the most valuable first (decided ones: the newest), without quarantined clips and `held_group`."""
    parameters = {
        "user_id": user_id,
        "is_decided": is_decided,
        "reason": reason,
        "veiled": list(veiled),
        "held_group": held_group,
        "limit": limit,
        "as_of": before.as_of if before else None,
        "before_value": before.value if before else None,
        "before_id": before.id if before else None,
    }
    return [row_as(QueuedRow, row) for row in session.execute(_QUEUE, parameters)]


def find_newest(session: Session, clip_id: uuid.UUID) -> uuid.UUID | None:
    """The clip's newest dispute, open or decided."""
    return session.execute(_NEWEST, {"clip_id": clip_id}).scalar()


def list_capped(session: Session, start: datetime, end: datetime) -> list[tuple[uuid.UUID, int, float]]:
    """Clips that retired at their cap in [start, end) and were not chosen yet: id, importance, p."""
    rows = session.execute(_CAPPED, {"start": start, "end": end})
    return [(row.id, row.importance, row.p_full) for row in rows]


def count_chosen(session: Session, start: datetime, end: datetime) -> int:
    """How many clips that retired in [start, end) were chosen as the most valuable."""
    return int(session.execute(_COUNT_CHOSEN, {"start": start, "end": end}).scalar_one())


def get_disputes_per_day(session: Session) -> int:
    """How many clips at their cap go to moderators a day, by the policy in force."""
    return int(session.execute(_PER_DAY).scalar_one())


def count_open(session: Session) -> int:
    """How many disputes wait for a decision."""
    return int(session.execute(_COUNT_OPEN).scalar_one())


def note_views(session: Session, user_id: int, dispute_ids: Sequence[uuid.UUID]) -> None:
    """Note that this user has read these cases."""
    if dispute_ids:
        session.execute(_NOTE_VIEW, {"user_id": user_id, "dispute_ids": list(dispute_ids)})
