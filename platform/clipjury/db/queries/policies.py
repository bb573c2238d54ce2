"""Policies: numbered, append-only, the highest in force; and the clips that a new one would be asked about."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_SELECT = """
SELECT p.version, to_jsonb(p) AS row, p.created_at, p.reason, u.display_name AS created_by_name
FROM policies p LEFT JOIN users u ON u.id = p.created_by"""

_LIST = text(
    f"{_SELECT} WHERE CAST(:before AS bigint) IS NULL OR p.version < :before ORDER BY p.version DESC LIMIT :limit"
)

# The row in force with the changes laid over it: a column that this code does not know is carried on.
_INSERT = text(
    """
INSERT INTO policies
SELECT (jsonb_populate_record(p, CAST(:changes AS jsonb) || jsonb_build_object(
    'version', nextval(pg_get_serial_sequence('policies', 'version')), 'created_at', clock_timestamp(),
    'created_by', CAST(:created_by AS bigint), 'reason', CAST(:reason AS text)))).*
FROM policies p WHERE p.version = (SELECT max(version) FROM policies)
RETURNING version"""
)

# What a policy can change: clips that collect votes, and verdicts that a policy gave.
_JUDGED = """
c.votes_count > 0 AND (c.state IN ('open', 'closing')
  OR (c.state = 'retired' AND c.quarantined_at IS NULL AND c.retirement_reason IN ('evidence', 'cap')))"""

_CLIPS = text(
    f"""
SELECT c.id, c.state, c.live_leases, c.votes_cap,
  EXISTS (SELECT FROM gold_labels g WHERE g.clip_id = c.id) AS is_gold
FROM clips c WHERE {_JUDGED} AND (CAST(:after AS uuid) IS NULL OR c.id > :after) ORDER BY c.id LIMIT :limit"""
)
_COUNT_CLIPS = text(f"SELECT count(*) FROM clips c WHERE {_JUDGED}")


@dataclass(frozen=True)
class PolicyRow:
    """A version with all its columns in `row`."""

    version: int
    row: dict[str, float]
    created_at: datetime
    reason: str | None
    created_by_name: str | None


@dataclass(frozen=True)
class JudgedClipRow:
    """A clip that a policy decides about."""

    id: uuid.UUID
    state: str
    live_leases: int
    votes_cap: int
    is_gold: bool


def list_policies(session: Session, *, before: int | None, limit: int) -> list[PolicyRow]:
    """Newest first; the first of all is in force."""
    rows = session.execute(_LIST, {"before": before, "limit": limit})
    return [row_as(PolicyRow, row) for row in rows]


def insert_policy(session: Session, changes: Mapping[str, float], reason: str, created_by: int | None) -> int:
    """A new version from the one in force; its number."""
    parameters = {"changes": json.dumps(dict(changes)), "reason": reason, "created_by": created_by}
    return int(session.execute(_INSERT, parameters).scalar_one())


def list_judged_clips(session: Session, after: uuid.UUID | None, limit: int) -> list[JudgedClipRow]:
    """Clips that a policy decides about, in the order of their ids."""
    return [row_as(JudgedClipRow, row) for row in session.execute(_CLIPS, {"after": after, "limit": limit})]


def count_judged_clips(session: Session) -> int:
    """How many there are."""
    return int(session.execute(_COUNT_CLIPS).scalar_one())
