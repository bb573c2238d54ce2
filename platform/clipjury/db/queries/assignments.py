"""Leases: choosing a clip in constant time, locking, ending. Every statement is one round trip."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.picking import LEASE_ANYWHERE, LEASE_WITHIN_WINDOW, Turn
from clipjury.db.queries.rows import row_as
from clipjury.domain.matching import Asking

_LEASE_COLUMNS = """
  a.id, a.state, a.reviewer_id, a.expires_at, a.renewals, a.clip_id, clock_timestamp() AS server_time,
  a.expires_at <= clock_timestamp() AS is_expired
"""

_ASKING = Prepared(
    "asking",
    """
SELECT COALESCE(t.leases, 0) AS leases, COALESCE(t.gold_leases, 0) AS gold_leases, r.sensitivity, r.specificity,
  p.theta, p.cap
FROM (SELECT theta, cap FROM policies ORDER BY version DESC LIMIT 1) p
LEFT JOIN lease_tallies t ON t.user_id = :reviewer_id
LEFT JOIN reliabilities r ON r.user_id = :reviewer_id
  AND r.version = (SELECT version FROM reliability_versions WHERE is_active)""",
    reviewer_id="bigint",
)

_CLIP_OF_LEASE = Prepared(
    "leased_clip",
    f"""
SELECT {_LEASE_COLUMNS}, c.kind, c.duration_s, c.width_px, c.height_px, c.frames, c.has_audio, c.is_simulated,
  c.quarantined_at IS NOT NULL AS is_withheld,
  (SELECT jsonb_object_agg(r.name, r.facts) FROM renditions r
    WHERE r.clip_id = c.id AND r.name <> 'frames') AS renditions
FROM assignments a JOIN clips c ON c.id = a.clip_id
WHERE a.id = :assignment_id AND a.reviewer_id = :reviewer_id""",
    assignment_id="uuid",
    reviewer_id="bigint",
)

_LOCK = Prepared(
    "lock_lease",
    """
SELECT a.id, a.state, a.reviewer_id, a.expires_at <= clock_timestamp() AS is_expired, a.renewals,
  a.clip_id, c.group_id, c.importance, c.created_at AS received_at,
  c.state AS clip_state, c.kind, c.frames, c.duration_s, c.votes_count, c.live_leases,
  c.votes_cap, EXISTS (SELECT FROM gold_labels g WHERE g.clip_id = c.id AND g.role = 'serve') AS is_gold,
  EXISTS (SELECT FROM exposures e WHERE e.user_id = a.reviewer_id AND (e.group_id = c.group_id
    OR e.group_id IN (SELECT part_id FROM group_parts p WHERE p.group_id = c.group_id))) AS is_exposed,
  c.quarantined_at IS NOT NULL AS is_withheld
FROM assignments a JOIN clips c ON c.id = a.clip_id
WHERE a.id = :assignment_id FOR UPDATE OF a, c""",
    assignment_id="uuid",
)

_LOCK_OF_REVIEWER = text(
    "SELECT id FROM assignments WHERE reviewer_id = :reviewer_id AND state = 'leased' FOR UPDATE"
)

# Assignment first, clip second: the same order in which a vote takes its locks.
_LOCK_EXPIRED = text(
    """
SELECT a.id, a.clip_id FROM assignments a
WHERE a.state = 'leased' AND a.expires_at <= clock_timestamp()
ORDER BY a.expires_at LIMIT :limit FOR UPDATE SKIP LOCKED"""
)

_END = text(
    """
WITH ended AS (
  UPDATE assignments SET state = :state, ended_at = clock_timestamp(), skip_reason = :skip_reason,
    skip_note = :skip_note
  WHERE id = :assignment_id AND state = 'leased' RETURNING clip_id)
UPDATE clips SET live_leases = live_leases - 1 FROM ended WHERE clips.id = ended.clip_id
RETURNING clips.id, clips.state, clips.live_leases"""
)

_RENEW = text(
    f"""
UPDATE assignments a SET renewals = a.renewals + 1,
  expires_at = GREATEST(a.expires_at, clock_timestamp() + make_interval(secs => :lease_s))
WHERE a.id = :assignment_id RETURNING {_LEASE_COLUMNS}"""
)


@dataclass(frozen=True)
class LeaseRow:
    """A lease as its holder sees it."""

    id: uuid.UUID
    state: str
    reviewer_id: int
    expires_at: datetime
    renewals: int
    clip_id: uuid.UUID
    server_time: datetime
    is_expired: bool


@dataclass(frozen=True)
class AskingRow:
    """What is known of whoever asks for a clip, and the policy in force; rates are null before any gold answer."""

    leases: int
    gold_leases: int
    sensitivity: float | None
    specificity: float | None
    theta: float
    cap: int


@dataclass(frozen=True)
class TakenLease:
    """The lease a reviewer has after asking: a new one, or the one held already."""

    id: uuid.UUID
    is_new: bool
    is_expired: bool


@dataclass(frozen=True)
class LeasedClipRow(LeaseRow):
    """A lease with what its holder may know of the clip: nothing that names it elsewhere."""

    kind: str
    duration_s: float | None
    width_px: int
    height_px: int
    frames: int
    has_audio: bool
    is_simulated: bool
    is_withheld: bool
    renditions: dict[str, dict[str, Any]] | None


@dataclass(frozen=True)
class LockedLease:
    """A lease and its clip, both locked until the transaction ends."""

    id: uuid.UUID
    state: str
    reviewer_id: int
    is_expired: bool
    renewals: int
    clip_id: uuid.UUID
    group_id: uuid.UUID
    importance: int
    received_at: datetime
    clip_state: str
    kind: str
    frames: int
    duration_s: float | None
    votes_count: int
    live_leases: int
    votes_cap: int
    is_gold: bool
    is_exposed: bool
    is_withheld: bool


def lease_next(
    session: Session,
    reviewer_id: int,
    asking: Asking,
    *,
    start: float,
    base_s: float,
    per_clip_s: float,
    cap_s: float,
    turn: Turn = "value",
    anywhere: bool = False,
) -> TakenLease | None:
    """The lease the reviewer holds, or a new one from the random place `start` in [0, 1) on; None when this
    look found none.

    `turn` says what is looked for first (db/queries/picking.py), `asking` whom near-ties are matched to. `anywhere`
    looks through the whole queue. The lease runs `base_s + per_clip_s` for each second of the clip, at most `cap_s`,
    by the database's clock. Raises IntegrityError when the same reviewer asks twice at once.
    """
    row = (LEASE_ANYWHERE if anywhere else LEASE_WITHIN_WINDOW)[turn].row(
        session,
        {
            "reviewer_id": reviewer_id,
            "start": start,
            "base_s": base_s,
            "per_clip_s": per_clip_s,
            "cap_s": cap_s,
            "sensitivity": asking.sensitivity,
            "specificity": asking.specificity,
            "bar": asking.bar,
            "fall_per_vote": asking.fall_per_vote,
        },
    )
    return row_as(TakenLease, row)


def get_asking(session: Session, reviewer_id: int) -> AskingRow:
    """What is known of the reviewer who asks for a clip."""
    row: AskingRow = row_as(AskingRow, _ASKING.one(session, {"reviewer_id": reviewer_id}))
    return row


def find_leased_clip(session: Session, assignment_id: uuid.UUID, reviewer_id: int) -> LeasedClipRow | None:
    """The lease and what its holder may know of the clip; None if it is not this reviewer's."""
    parameters = {"assignment_id": assignment_id, "reviewer_id": reviewer_id}
    return row_as(LeasedClipRow, _CLIP_OF_LEASE.row(session, parameters))


def lock_lease(session: Session, assignment_id: uuid.UUID) -> LockedLease | None:
    """Lock the lease and its clip, in that order."""
    return row_as(LockedLease, _LOCK.row(session, {"assignment_id": assignment_id}))


def lock_expired(session: Session, limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Lock up to `limit` leases that ran out; pairs of assignment and clip."""
    return [(row.id, row.clip_id) for row in session.execute(_LOCK_EXPIRED, {"limit": limit})]


def lock_leases_of(session: Session, reviewer_id: int) -> list[uuid.UUID]:
    """Lock the live leases of this reviewer."""
    return list(session.execute(_LOCK_OF_REVIEWER, {"reviewer_id": reviewer_id}).scalars())


def end_lease(
    session: Session,
    assignment_id: uuid.UUID,
    state: str,
    skip_reason: str | None = None,
    skip_note: str | None = None,
) -> None:
    """Move a live lease to `expired` or `skipped` and give its place in the clip back."""
    session.execute(
        _END,
        {"assignment_id": assignment_id, "state": state, "skip_reason": skip_reason, "skip_note": skip_note},
    )


def renew_lease(session: Session, assignment_id: uuid.UUID, lease_s: float) -> None:
    """Let a locked live lease run `lease_s` from now."""
    session.execute(_RENEW, {"assignment_id": assignment_id, "lease_s": lease_s})
