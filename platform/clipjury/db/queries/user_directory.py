"""Accounts as an admin sees them, and changes to what they may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_ENTRY = """
SELECT u.id, u.email, u.display_name, u.roles, u.is_active, u.is_simulated, u.created_at,
  GREATEST(u.last_seen_at, v.last_vote_at) AS last_seen_at, v.votes_count,
  u.password_hash IS NOT NULL AS has_password,
  (SELECT count(*) FROM browser_sessions s WHERE s.user_id = u.id) AS sessions_count,
  (SELECT count(*) FROM api_tokens t WHERE t.user_id = u.id AND t.expires_at > now()) AS tokens_count,
  (SELECT count(*) FROM assignments a WHERE a.reviewer_id = u.id AND a.state = 'leased') AS leases_count
FROM users u CROSS JOIN LATERAL (
  SELECT count(*) AS votes_count, max(cast_at) AS last_vote_at FROM votes WHERE reviewer_id = u.id) v"""

_FILTER = """
WHERE (CAST(:search AS text) IS NULL OR u.email ILIKE :search OR u.display_name ILIKE :search)
  AND (CAST(:role AS text) IS NULL OR :role = ANY (u.roles))
  AND (CAST(:is_active AS boolean) IS NULL OR u.is_active = :is_active)"""

_LIST = text(
    f"{_ENTRY}{_FILTER} AND (CAST(:before AS bigint) IS NULL OR u.id < :before) ORDER BY u.id DESC LIMIT :limit"
)
_COUNT = text(f"SELECT count(*) FROM users u {_FILTER}")
_GET = text(f"{_ENTRY} WHERE u.id = :user_id")
_LOCK = text("SELECT roles, is_active FROM users WHERE id = :user_id FOR UPDATE")
_OTHER_ADMINS = text(
    "SELECT count(*) FROM users WHERE is_active AND 'admin' = ANY (roles) AND id <> :user_id"
)
_SET = text("UPDATE users SET roles = CAST(:roles AS text[]), is_active = :is_active WHERE id = :user_id")


@dataclass(frozen=True)
class DirectoryRow:
    """An account with what an admin decides by. `last_seen_at`: in a browser, or with a vote."""

    id: int
    email: str
    display_name: str
    roles: list[str]
    is_active: bool
    is_simulated: bool
    created_at: datetime
    last_seen_at: datetime | None
    votes_count: int
    has_password: bool
    sessions_count: int
    tokens_count: int
    leases_count: int


@dataclass(frozen=True)
class DirectoryFilter:
    """Which accounts; None leaves a condition out."""

    search: str | None = None
    role: str | None = None
    is_active: bool | None = None

    def parameters(self) -> dict[str, object]:
        """Bound values; what is searched for is text, its % and _ too."""
        pattern = None
        if self.search:
            escaped = self.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            pattern = f"%{escaped}%"
        return {"search": pattern, "role": self.role, "is_active": self.is_active}


@dataclass(frozen=True)
class StandingRow:
    """What a locked account may do."""

    roles: list[str]
    is_active: bool


def list_users(
    session: Session, wanted: DirectoryFilter, *, before: int | None, limit: int
) -> list[DirectoryRow]:
    """Newest accounts first, `before` the id where the page before ended."""
    parameters = {**wanted.parameters(), "before": before, "limit": limit}
    return [row_as(DirectoryRow, row) for row in session.execute(_LIST, parameters)]


def count_users(session: Session, wanted: DirectoryFilter) -> int:
    """How many accounts fit."""
    return int(session.execute(_COUNT, wanted.parameters()).scalar_one())


def find_entry(session: Session, user_id: int) -> DirectoryRow | None:
    """One account."""
    return row_as(DirectoryRow, session.execute(_GET, {"user_id": user_id}).one_or_none())


def lock_standing(session: Session, user_id: int) -> StandingRow | None:
    """What the account may do, locked until the transaction ends."""
    return row_as(StandingRow, session.execute(_LOCK, {"user_id": user_id}).one_or_none())


def count_other_active_admins(session: Session, user_id: int) -> int:
    """Active admins besides this account."""
    return int(session.execute(_OTHER_ADMINS, {"user_id": user_id}).scalar_one())


def set_standing(session: Session, user_id: int, roles: list[str], is_active: bool) -> None:
    """Give the account these roles, and let it in or not."""
    session.execute(_SET, {"user_id": user_id, "roles": roles, "is_active": is_active})


def delete_tokens_of(session: Session, user_id: int) -> None:
    """End every API token of the account."""
    session.execute(text("DELETE FROM api_tokens WHERE user_id = :u"), {"u": user_id})
