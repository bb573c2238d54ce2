"""Exposures: who knows something about a group of clips, and so may not vote on it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_EXPOSE = text(
    """
INSERT INTO exposures (user_id, group_id, reason) VALUES (:user_id, :group_id, :reason)
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

_EXPOSE_MANY = text(
    """
INSERT INTO exposures (user_id, group_id, reason)
SELECT DISTINCT CAST(:user_id AS bigint), g, 'read' FROM unnest(CAST(:group_ids AS uuid[])) AS g
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

_EXPOSE_RETIRED = text(
    """
INSERT INTO exposures (user_id, group_id, reason)
SELECT DISTINCT CAST(:user_id AS bigint), c.group_id, 'read' FROM clips c
WHERE c.state = 'retired' AND (CAST(:since AS timestamptz) IS NULL OR c.retired_at >= :since)
ON CONFLICT (user_id, group_id) DO NOTHING"""
)

_HELD_GROUP = text(
    """
SELECT c.group_id FROM assignments a JOIN clips c ON c.id = a.clip_id
WHERE a.reviewer_id = :user_id AND a.state = 'leased' AND a.expires_at > clock_timestamp()"""
)

_HAS_LIVE_LEASE = text(
    """
SELECT EXISTS (SELECT FROM assignments a JOIN clips c ON c.id = a.clip_id
  WHERE a.reviewer_id = :user_id AND a.state = 'leased' AND a.expires_at > clock_timestamp()
    AND c.group_id = :group_id) AS live,
  EXISTS (SELECT FROM votes v JOIN clips c ON c.id = v.clip_id
    WHERE v.reviewer_id = :user_id AND c.group_id = :group_id) AS voted"""
)


@dataclass(frozen=True)
class ViewerTies:
    """What ties a viewer to a clip's group."""

    live: bool
    voted: bool


def expose(session: Session, user_id: int, group_id: uuid.UUID, reason: str) -> None:
    """Note that this user knows something about this group."""
    session.execute(_EXPOSE, {"user_id": user_id, "group_id": group_id, "reason": reason})


def expose_many(session: Session, user_id: int, group_ids: list[uuid.UUID]) -> None:
    """Note that this user has read something about each of these groups."""
    if group_ids:
        session.execute(_EXPOSE_MANY, {"user_id": user_id, "group_ids": group_ids})


def expose_retired(session: Session, user_id: int, since: datetime | None) -> None:
    """Note that this user has read about the groups of all clips that retired at `since` or later."""
    session.execute(_EXPOSE_RETIRED, {"user_id": user_id, "since": since})


def find_held_group(session: Session, user_id: int) -> uuid.UUID | None:
    """The group of the clip that this user holds a live lease on."""
    return session.execute(_HELD_GROUP, {"user_id": user_id}).scalar()


def get_viewer_ties(session: Session, user_id: int, group_id: uuid.UUID) -> ViewerTies:
    """Whether the viewer holds a live lease on the group, or voted on it."""
    row = session.execute(_HAS_LIVE_LEASE, {"user_id": user_id, "group_id": group_id}).one()
    return row_as(ViewerTies, row)
