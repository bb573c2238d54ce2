"""Reading the audit log, with the group of the clip that an event tells of."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# Without votes CONDITION is the partial index's own; with them the newest hundred events are a hundred votes.
_LIST = f"""
SELECT e.id, e.at, e.actor_id, u.display_name AS actor_name, e.action, e.subject, e.detail, c.group_id
FROM (
  SELECT a.*, CASE WHEN a.subject ~ '^clip:{_UUID}$' THEN CAST(substr(a.subject, 6) AS uuid)
    WHEN a.detail ->> 'clip_id' ~ '^{_UUID}$' THEN CAST(a.detail ->> 'clip_id' AS uuid) END AS clip_id
  FROM audit_events a
  WHERE CONDITION AND (CAST(:actor_id AS bigint) IS NULL OR a.actor_id = :actor_id)
    AND (CAST(:action AS text) IS NULL OR a.action = :action)
    AND (CAST(:subject AS text) IS NULL OR a.subject = :subject)
    AND (CAST(:before AS bigint) IS NULL OR a.id < :before)
    AND (:with_safeguarding OR (a.action <> 'media_revealed' AND a.detail ->> 'desk' IS DISTINCT FROM 'safeguarding'))
  ORDER BY a.id DESC LIMIT :limit) e
LEFT JOIN users u ON u.id = e.actor_id LEFT JOIN clips c ON c.id = e.clip_id
ORDER BY e.id DESC"""

_ALL = text(_LIST.replace("CONDITION", "true"))
_NOT_VOTES = text(_LIST.replace("CONDITION", "a.action <> 'vote_cast'"))


@dataclass(frozen=True)
class AuditRow:
    """Who did what to which thing; `group_id` of the clip it tells of, if any."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str | None
    action: str
    subject: str
    detail: dict[str, Any]
    group_id: uuid.UUID | None


@dataclass(frozen=True)
class AuditFilter:
    """Which events; None leaves a condition out. Votes are left out unless asked for."""

    actor_id: int | None = None
    action: str | None = None
    subject: str | None = None
    with_votes: bool = False


def list_events(
    session: Session, wanted: AuditFilter, *, with_safeguarding: bool, before: int | None, limit: int
) -> list[AuditRow]:
    """Newest first; what reports of suspected abuse led to only `with_safeguarding`."""
    has_votes = wanted.with_votes or wanted.subject is not None or wanted.action == "vote_cast"
    parameters = {
        "actor_id": wanted.actor_id,
        "action": wanted.action,
        "subject": wanted.subject,
        "with_safeguarding": with_safeguarding,
        "before": before,
        "limit": limit,
    }
    rows = session.execute(_ALL if has_votes else _NOT_VOTES, parameters)
    return [row_as(AuditRow, row) for row in rows]
