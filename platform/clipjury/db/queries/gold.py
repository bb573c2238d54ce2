"""Gold: what is known of which clips, in which role, and how it has been answered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

# All clips of the group are locked, in one order, before anything is asked: no vote comes in between.
_LOCK_GROUP = text(
    """
SELECT c.id FROM clips c WHERE c.group_id = (SELECT group_id FROM clips WHERE id = :clip_id)
ORDER BY c.id FOR UPDATE"""
)

_CANDIDATE = text(
    """
SELECT c.id, c.group_id, c.state, c.quarantined_at IS NOT NULL AS is_quarantined, l.label,
  g.role AS group_role, c.votes_count AS votes, c.live_leases AS live_leases,
  (SELECT sum(m.votes_count) FROM clips m WHERE m.group_id = c.group_id) AS group_votes,
  (SELECT sum(m.live_leases) FROM clips m WHERE m.group_id = c.group_id) AS group_live_leases
FROM clips c LEFT JOIN gold_labels l ON l.clip_id = c.id LEFT JOIN gold_groups g ON g.group_id = c.group_id
WHERE c.id = :clip_id"""
)

_INSERT = text(
    """
INSERT INTO gold_labels (clip_id, label, role, origin, source, created_by)
VALUES (:clip_id, :label, :role, :origin, :source, :created_by)"""
)

# Gold is served to more people than another clip, one after the other or at once: neither can be seen from outside.
_WIDEN = text(
    """
UPDATE clips SET votes_cap = p.gold_cap, parallel_leases = p.gold_cap
FROM (SELECT gold_cap FROM policies ORDER BY version DESC LIMIT 1) p
WHERE id = :clip_id AND state <> 'retired'"""
)

_OF_CLIP = text("SELECT label, role, origin FROM gold_labels WHERE clip_id = :clip_id")

_GROUP_ROLES = text("SELECT group_id, role FROM gold_groups WHERE group_id = ANY(:group_ids)")

_COUNTS = text(
    """
SELECT g.role, g.label, count(*) AS clips, count(*) FILTER (WHERE g.origin = 'synthetic') AS synthetic,
  count(*) FILTER (WHERE c.leasable) AS servable
FROM gold_labels g JOIN clips c ON c.id = g.clip_id
WHERE c.quarantined_at IS NULL AND c.state <> 'failed' GROUP BY g.role, g.label ORDER BY g.role, g.label"""
)

_LIST = text(
    """
SELECT g.clip_id AS id, g.group_id, g.label, g.role, g.origin, g.source, g.created_at, c.original_name, c.kind,
  c.duration_s, c.state,
  (SELECT count(*) FROM assignments a WHERE a.clip_id = c.id) AS served,
  (SELECT count(*) FROM votes v WHERE v.clip_id = c.id AND v.label <> 'unsure') AS answered,
  (SELECT count(*) FROM votes v WHERE v.clip_id = c.id AND v.label = g.label) AS answered_right
FROM gold_labels g JOIN clips c ON c.id = g.clip_id
WHERE c.quarantined_at IS NULL AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid)
  AND (CAST(:role AS text) IS NULL OR g.role = :role) AND (CAST(:label AS text) IS NULL OR g.label = :label)
  AND (CAST(:before AS timestamptz) IS NULL OR (g.created_at, g.clip_id) < (:before, CAST(:before_id AS uuid)))
ORDER BY g.created_at DESC, g.clip_id DESC LIMIT :limit"""
)

_GATE = text(
    """
SELECT g.clip_id, g.group_id, g.label, g.origin, c.sha256, c.kind
FROM gold_labels g JOIN clips c ON c.id = g.clip_id
WHERE g.role = :role AND c.quarantined_at IS NULL AND c.state IN ('processing', 'open', 'closing', 'retired')
ORDER BY g.clip_id"""
)


@dataclass(frozen=True)
class CandidateRow:
    """A clip that is to become gold, with its group. label, group_role: where it, or its group, is gold already."""

    id: uuid.UUID
    group_id: uuid.UUID
    state: str
    is_quarantined: bool
    label: str | None
    group_role: str | None
    votes: int
    live_leases: int
    group_votes: int
    group_live_leases: int


@dataclass(frozen=True)
class GoldRow:
    """What a clip is gold of."""

    label: str
    role: str
    origin: str


@dataclass(frozen=True)
class GoldCountRow:
    """How much gold of one role and label there is; servable: could be given to somebody now."""

    role: str
    label: str
    clips: int
    synthetic: int
    servable: int


@dataclass(frozen=True)
class GoldItemRow:
    """A gold clip, how often it was served, and how it was answered (`unsure` is no answer)."""

    id: uuid.UUID
    group_id: uuid.UUID
    label: str
    role: str
    origin: str
    source: str
    created_at: datetime
    original_name: str
    kind: str | None
    duration_s: float | None
    state: str
    served: int
    answered: int
    answered_right: int


@dataclass(frozen=True)
class HeldOutRow:
    """A gold clip that is never served, for those who measure detectors on it."""

    clip_id: uuid.UUID
    group_id: uuid.UUID
    label: str
    origin: str
    sha256: str
    kind: str | None


def lock_candidate(session: Session, clip_id: uuid.UUID) -> CandidateRow | None:
    """The clip and what its group has come to, every clip of the group locked until the transaction ends."""
    session.execute(_LOCK_GROUP, {"clip_id": clip_id})
    return row_as(CandidateRow, session.execute(_CANDIDATE, {"clip_id": clip_id}).one_or_none())


def insert_gold(
    session: Session,
    clip_id: uuid.UUID,
    *,
    label: str,
    role: str,
    origin: str,
    source: str,
    created_by: int | None,
) -> None:
    """Make the clip gold; triggers take its group, and give it its tier in the queue."""
    session.execute(
        _INSERT,
        {
            "clip_id": clip_id,
            "label": label,
            "role": role,
            "origin": origin,
            "source": source,
            "created_by": created_by,
        },
    )
    if role == "serve":
        session.execute(_WIDEN, {"clip_id": clip_id})


def find_gold(session: Session, clip_id: uuid.UUID) -> GoldRow | None:
    """What the clip is gold of."""
    return row_as(GoldRow, session.execute(_OF_CLIP, {"clip_id": clip_id}).one_or_none())


def find_group_roles(session: Session, group_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The role of each of these groups that has one."""
    rows = session.execute(_GROUP_ROLES, {"group_ids": list(group_ids)})
    return {row.group_id: row.role for row in rows}


def list_counts(session: Session) -> list[GoldCountRow]:
    """Gold by role and label; combinations without any are left out, and so is what is quarantined."""
    return [row_as(GoldCountRow, row) for row in session.execute(_COUNTS)]


def list_items(
    session: Session,
    *,
    role: str | None,
    label: str | None,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None,
    held_group: uuid.UUID | None,
) -> list[GoldItemRow]:
    """Gold clips, the newest first, without those of `held_group`."""
    parameters = {
        "role": role,
        "label": label,
        "limit": limit,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "held_group": held_group,
    }
    return [row_as(GoldItemRow, row) for row in session.execute(_LIST, parameters)]


def list_held_out(session: Session, role: str) -> list[HeldOutRow]:
    """The gold of a role that is never served, once it has been probed: `gate` to compare detectors on,
    `calibrate` to calibrate them on."""
    return [row_as(HeldOutRow, row) for row in session.execute(_GATE, {"role": role})]
