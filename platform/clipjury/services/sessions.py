"""Logging in and out. A log-in is three steps, so that no transaction is open while a password is hashed:
`admit_attempt`, then `accounts.is_password`, then `open_session` or `record_failure`."""

import hmac
import ipaddress
import secrets

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from clipjury.db.queries import events, locks
from clipjury.db.queries import users as queries
from clipjury.db.queries.users import UserRow
from clipjury.domain.accounts import MAX_EMAIL_CHARACTERS, normalise_email
from clipjury.domain.errors import TooManyAttemptsError
from clipjury.services.accounts import refresh_hash, token_hash

IDLE_H = 2  # a reviewer may read and think between two clips; a lease lasts an hour at most
ABSOLUTE_H = 12
FAILURE_WINDOW_S = 15 * 60
FAILURES_PER_ACCOUNT = 10
FAILURES_PER_ADDRESS = 50
_IPV6_NETWORK_BITS = 64  # one household or server has at least this many addresses to itself


def admit_attempt(session: Session, email: str, address: str) -> UserRow | None:
    """Count one attempt, before the password is looked at, and give the account it is for. Raises
    TooManyAttemptsError."""
    email = normalise_email(email)[:MAX_EMAIL_CHARACTERS]
    count_attempt(session, email, address)
    return queries.find_by_email(session, email)


def count_attempt(session: Session, key: str, address: str) -> None:
    """Count one attempt at what `key` names (an account's e-mail, say), from this address.

    Counted first and under a lock, so that a thousand guesses sent at once are limited like a thousand sent
    in turn. One that succeeds clears the key's count. Raises TooManyAttemptsError.
    """
    network = network_of(address)
    locks.lock_names(session, [f"login:{key}", f"login-from:{network}"])
    failures = queries.count_failures(session, key, network, FAILURE_WINDOW_S)
    if failures.by_email >= FAILURES_PER_ACCOUNT or failures.by_address >= FAILURES_PER_ADDRESS:
        wait_s = min(FAILURE_WINDOW_S, max(1, int(failures.frees_in_s) + 1))
        raise TooManyAttemptsError(
            f"Too many attempts. Wait {-(-wait_s // 60)} min, then try again.", retry_after_s=wait_s
        )
    queries.insert_failure(session, key, network)


def network_of(address: str) -> str:
    """What attempts from this address are counted under: the address, or the IPv6 network of its household."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, _IPV6_NETWORK_BITS), strict=False))
    return str(ip)


def record_failure(session: Session, user: UserRow | None) -> None:
    """Note the failed log-in in the audit log: whose account, and nothing that was typed."""
    subject = f"user:{user.id}" if user is not None else "user:unknown"
    events.record_audit(session, "login_failed", subject=subject, actor_id=None)


def open_session(session: Session, user: UserRow, password: str, old_token: str | None) -> str:
    """A new random token of 256 bits; the browser's old session, if any, is gone (no fixation)."""
    refresh_hash(session, user, password)
    queries.clear_failures(session, user.email)
    if old_token:
        queries.delete_session(session, token_hash(old_token))
    token = secrets.token_urlsafe(32)
    queries.insert_session(session, token_hash(token), user.id)
    events.record_audit(session, "logged_in", subject=f"user:{user.id}", actor_id=user.id)
    return token


def log_out(session: Session, user_id: int, token: str) -> None:
    """End the browser session."""
    queries.delete_session(session, token_hash(token))
    events.record_audit(session, "logged_out", subject=f"user:{user_id}", actor_id=user_id)


def find_by_cookie(connection: Connection, token: str) -> UserRow | None:
    """The account behind a live browser session, in one statement."""
    return queries.find_by_session(connection, token_hash(token), IDLE_H, ABSOLUTE_H)


def find_by_bearer(connection: Connection, token: str) -> UserRow | None:
    """The account behind an API token, in one statement."""
    return queries.find_by_token(connection, token_hash(token))


def keep_alive(session: Session, token: str) -> None:
    """Note that the session is in use; asked for every few minutes at most (`UserRow.is_stale`)."""
    queries.touch_session(session, token_hash(token))


def csrf_token_of(secret_key: str, token: str) -> str:
    """The token that writes under this session must carry: HMAC-SHA-256 of the session's token."""
    return hmac.new(secret_key.encode(), b"csrf:" + token.encode(), "sha256").hexdigest()
