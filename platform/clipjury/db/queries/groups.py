"""Groups of clips: locked, moved, and what people know of them carried along."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.locks import lock_names
from clipjury.db.queries.rows import row_as
from clipjury.domain.grouping import Member

_GROUPS_OF = text("SELECT DISTINCT group_id FROM clips WHERE id = ANY(:clip_ids)")

# Assignments first, clips second: the order in which a vote takes its locks.
_LOCK_LEASES = text(
    """
SELECT a.id FROM assignments a JOIN clips c ON c.id = a.clip_id
WHERE c.group_id = ANY(:group_ids) AND a.state = 'leased' ORDER BY a.id FOR UPDATE OF a"""
)
_LOCK_CLIPS = text(
    """
SELECT id AS clip_id, group_id, COALESCE(base_group_id, group_id) AS base_group_id FROM clips
WHERE group_id = ANY(:group_ids) ORDER BY id FOR UPDATE"""
)
_LINKS = text(
    """
SELECT clip_a_id, clip_b_id FROM near_duplicates
WHERE state IN ('linked', 'confirmed') AND (clip_a_id = ANY(:clip_ids) OR clip_b_id = ANY(:clip_ids))
ORDER BY created_at, id"""
)
_GOLD_ROLES = text(
    """
SELECT DISTINCT g.role FROM gold_labels g JOIN clips c ON c.id = g.clip_id
WHERE c.group_id = (SELECT group_id FROM clips WHERE id = :clip_id) ORDER BY g.role"""
)
_MOVE = text(
    """
WITH moved AS (
  SELECT c.id, c.group_id AS from_group_id, m.to_group_id FROM clips c
  JOIN unnest(CAST(:clip_ids AS uuid[]), CAST(:group_ids AS uuid[])) AS m(clip_id, to_group_id) ON m.clip_id = c.id),
noted AS (
  -- The clips are locked: a vote's `cast_at` before this moment was cast before the move, one after it after.
  INSERT INTO group_changes (change_id, clip_id, from_group_id, to_group_id, at)
  SELECT :change_id, id, from_group_id, to_group_id, clock_timestamp() FROM moved),
parts AS (
  INSERT INTO group_parts (group_id, part_id)
  SELECT to_group_id, from_group_id FROM moved
  UNION SELECT m.to_group_id, g.from_group_id FROM moved m JOIN group_changes g ON g.clip_id = m.id
    WHERE g.from_group_id <> m.to_group_id
  ON CONFLICT DO NOTHING),
carried AS (
  INSERT INTO exposures (user_id, group_id, reason)
  SELECT DISTINCT ON (e.user_id, m.to_group_id) e.user_id, m.to_group_id, e.reason
  FROM moved m JOIN exposures e ON e.group_id = m.from_group_id
  ORDER BY e.user_id, m.to_group_id, e.created_at
  ON CONFLICT (user_id, group_id) DO NOTHING),
roles_kept AS (
  INSERT INTO gold_groups (group_id, role)
  SELECT DISTINCT m.to_group_id, g.role FROM moved m JOIN gold_labels g ON g.clip_id = m.id ON CONFLICT DO NOTHING),
figures_carried AS (
  INSERT INTO score_views (user_id, group_id, created_at)
  SELECT s.user_id, m.to_group_id, min(s.created_at)
  FROM moved m JOIN score_views s ON s.group_id = m.from_group_id GROUP BY 1, 2
  ON CONFLICT (user_id, group_id) DO NOTHING)
UPDATE clips SET group_id = moved.to_group_id, base_group_id = COALESCE(base_group_id, clips.group_id)
FROM moved WHERE clips.id = moved.id"""
)
# Whoever holds a clip of the group and knows another one loses the lease: the vote could not count.
_END_BARRED = text(
    """
WITH ended AS (
  UPDATE assignments a SET state = 'withdrawn', ended_at = clock_timestamp()
  FROM clips c
  WHERE a.id = ANY(:lease_ids) AND a.state = 'leased' AND c.id = a.clip_id
    AND EXISTS (SELECT FROM exposures e WHERE e.user_id = a.reviewer_id AND e.group_id = c.group_id)
  RETURNING a.clip_id),
counted AS (SELECT clip_id, count(*) AS n FROM ended GROUP BY clip_id)
UPDATE clips SET live_leases = live_leases - counted.n FROM counted WHERE clips.id = counted.clip_id"""
)


def lock_groups_of(session: Session, clip_ids: Collection[uuid.UUID]) -> tuple[list[Member], list[uuid.UUID]]:
    """Lock the whole groups of these clips, one change at a time in the installation; members and live leases.

    Votes, leases and skips wait, or were first: what they knew is then in `exposures`.
    """
    lock_names(session, ["groups"])
    group_ids = list(session.execute(_GROUPS_OF, {"clip_ids": list(clip_ids)}).scalars())
    leases = list(session.execute(_LOCK_LEASES, {"group_ids": group_ids}).scalars())
    rows = session.execute(_LOCK_CLIPS, {"group_ids": group_ids})
    return [row_as(Member, row) for row in rows], leases


def list_links(session: Session, clip_ids: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The links that stand among these clips."""
    rows = session.execute(_LINKS, {"clip_ids": list(clip_ids)})
    return [(row.clip_a_id, row.clip_b_id) for row in rows]


def list_gold_roles(session: Session, clip_id: uuid.UUID) -> list[str]:
    """The gold roles in the clip's group."""
    return list(session.execute(_GOLD_ROLES, {"clip_id": clip_id}).scalars())


def move_clips(session: Session, change_id: int, moves: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Move locked clips to other groups. Who knew the group they leave, or detectors' figures of it, knows the one
    they come into.

    Rows in `group_parts` keep it so for whoever was just reading a clip and notes it under the group it has left.
    """
    session.execute(
        _MOVE,
        {"change_id": change_id, "clip_ids": list(moves), "group_ids": list(moves.values())},
    )


def end_barred_leases(session: Session, lease_ids: Collection[uuid.UUID]) -> None:
    """Withdraw those of these locked leases whose holder is exposed to their clip's group."""
    session.execute(_END_BARRED, {"lease_ids": list(lease_ids)})
