"""Accounts, browser sessions, API tokens, failed log-ins."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as

_COLUMNS = "u.id, u.email, u.display_name, u.password_hash, u.roles, u.is_simulated, u.is_active"

# Idle and absolute limits are checked here, by the database's clock, in the one statement a request costs.
_BY_SESSION = Prepared(
    "user_by_session",
    f"""
SELECT {_COLUMNS}, s.last_seen_at < now() - make_interval(mins => 5) AS is_stale
FROM browser_sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_sha256 = :token_sha256 AND u.is_active
  AND s.last_seen_at > now() - make_interval(hours => :idle_h)
  AND s.created_at > now() - make_interval(hours => :absolute_h)""",
    token_sha256="text",
    idle_h="integer",
    absolute_h="integer",
)

_BY_TOKEN = Prepared(
    "user_by_token",
    f"""
SELECT {_COLUMNS}, false AS is_stale FROM api_tokens t JOIN users u ON u.id = t.user_id
WHERE t.token_sha256 = :token_sha256 AND t.expires_at > now() AND u.is_active""",
    token_sha256="text",
)

_BY_EMAIL = text(f"SELECT {_COLUMNS}, false AS is_stale FROM users u WHERE u.email = :email")
_BY_ID = text(f"SELECT {_COLUMNS}, false AS is_stale FROM users u WHERE u.id = :user_id")

_INSERT = text(
    """
INSERT INTO users (email, display_name, password_hash, roles, is_simulated)
VALUES (:email, :display_name, :password_hash, CAST(:roles AS text[]), :is_simulated)
ON CONFLICT (email) DO NOTHING RETURNING id"""
)

_TOUCH = text(
    """
WITH seen AS (UPDATE browser_sessions SET last_seen_at = now() WHERE token_sha256 = :t RETURNING user_id)
UPDATE users SET last_seen_at = now() FROM seen WHERE users.id = seen.user_id"""
)

_FAILURES = text(
    """
SELECT count(*) FILTER (WHERE email = :email) AS by_email, count(*) FILTER (WHERE address = :address) AS by_address,
  COALESCE(EXTRACT(epoch FROM min(attempted_at) + make_interval(secs => :window_s) - now()), 0) AS frees_in_s
FROM login_attempts
WHERE attempted_at > now() - make_interval(secs => :window_s) AND (email = :email OR address = :address)"""
)


@dataclass(frozen=True)
class UserRow:
    """An account as the application sees it."""

    id: int
    email: str
    display_name: str
    password_hash: str | None
    roles: list[str]
    is_simulated: bool
    is_active: bool
    is_stale: bool


@dataclass(frozen=True)
class FailureCount:
    """Failed log-ins in the window, by account and by address, and when the oldest drops out."""

    by_email: int
    by_address: int
    frees_in_s: float


def find_by_session(
    connection: Connection, token_sha256: str, idle_h: int, absolute_h: int
) -> UserRow | None:
    """The active account behind a live browser session."""
    parameters = {"token_sha256": token_sha256, "idle_h": idle_h, "absolute_h": absolute_h}
    return row_as(UserRow, _BY_SESSION.row(connection, parameters))


def find_by_token(connection: Connection, token_sha256: str) -> UserRow | None:
    """The active account behind an API token that has not expired."""
    return row_as(UserRow, _BY_TOKEN.row(connection, {"token_sha256": token_sha256}))


def find_by_email(session: Session, email: str) -> UserRow | None:
    """The account with this e-mail (lower case), active or not."""
    return row_as(UserRow, session.execute(_BY_EMAIL, {"email": email}).one_or_none())


def find_user(session: Session, user_id: int) -> UserRow | None:
    """The account."""
    return row_as(UserRow, session.execute(_BY_ID, {"user_id": user_id}).one_or_none())


def insert_user(
    session: Session,
    *,
    email: str,
    display_name: str,
    password_hash: str | None,
    roles: list[str],
    is_simulated: bool,
) -> int | None:
    """The new account's id; None if the e-mail is taken."""
    parameters = {
        "email": email,
        "display_name": display_name,
        "password_hash": password_hash,
        "roles": roles,
        "is_simulated": is_simulated,
    }
    return session.execute(_INSERT, parameters).scalar()


def set_password_hash(session: Session, user_id: int, password_hash: str) -> None:
    """Replace the password's hash."""
    session.execute(
        text("UPDATE users SET password_hash = :h WHERE id = :id"), {"h": password_hash, "id": user_id}
    )


def insert_session(session: Session, token_sha256: str, user_id: int) -> None:
    """Open a browser session."""
    session.execute(
        text("INSERT INTO browser_sessions (token_sha256, user_id) VALUES (:t, :u)"),
        {"t": token_sha256, "u": user_id},
    )
    session.execute(text("UPDATE users SET last_seen_at = now() WHERE id = :u"), {"u": user_id})


def touch_session(session: Session, token_sha256: str) -> None:
    """Note that the browser session is in use."""
    session.execute(_TOUCH, {"t": token_sha256})


def delete_session(session: Session, token_sha256: str) -> None:
    """End a browser session."""
    session.execute(text("DELETE FROM browser_sessions WHERE token_sha256 = :t"), {"t": token_sha256})


def delete_sessions_of(session: Session, user_id: int) -> None:
    """End every browser session of the account."""
    session.execute(text("DELETE FROM browser_sessions WHERE user_id = :u"), {"u": user_id})


def insert_token(
    session: Session, *, token_sha256: str, user_id: int, label: str, expires_at: datetime
) -> None:
    """Store an API token's hash."""
    session.execute(
        text(
            "INSERT INTO api_tokens (token_sha256, user_id, label, expires_at) VALUES (:t, :u, :label, :expires_at)"
        ),
        {"t": token_sha256, "u": user_id, "label": label, "expires_at": expires_at},
    )


def count_failures(session: Session, email: str, address: str, window_s: int) -> FailureCount:
    """Failed log-ins of this account and from this address within the window."""
    parameters = {"email": email, "address": address, "window_s": window_s}
    return row_as(FailureCount, session.execute(_FAILURES, parameters).one())


def insert_failure(session: Session, email: str, address: str) -> None:
    """Count a failed log-in."""
    session.execute(
        text("INSERT INTO login_attempts (email, address) VALUES (:e, :a)"), {"e": email, "a": address}
    )


def clear_failures(session: Session, email: str) -> None:
    """Forget the account's failed log-ins, and those of everyone older than a day."""
    session.execute(
        text("DELETE FROM login_attempts WHERE email = :e OR attempted_at < now() - interval '1 day'"),
        {"e": email},
    )
