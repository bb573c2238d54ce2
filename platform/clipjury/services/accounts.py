"""Accounts: making them, their passwords, and tokens for scripts."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from clipjury.db.queries import events
from clipjury.db.queries import users as queries
from clipjury.db.queries.users import UserRow
from clipjury.domain import accounts as rules
from clipjury.domain.errors import ConflictError, FieldError, InvalidError, NotFoundError

TOKEN_PREFIX = "cj_"  # noqa: S105 - the form of a token, so that scanners find leaked ones

# argon2id, OWASP's second choice of parameters: 19 MiB, so that 32 threads logging in at once fit in memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# The hash of a random password nobody kept: an unknown e-mail costs the same time as a wrong password.
_DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$jWRVbebalLIB+FnbVb/0cA$ZBIo084i6T8TZpFfoCvmKJQ0hBszBeFs3vCqdXKc3Xg"
)


def token_hash(token: str) -> str:
    """What is stored of a session's or a script's token. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_user(
    session: Session,
    *,
    email: str,
    display_name: str,
    roles: Collection[str],
    password: str | None,
    is_simulated: bool = False,
) -> int:
    """The new account's id. Without a password nobody can log in, only tokens work.

    Raises InvalidError with what is wrong in each field, ConflictError (email_taken).
    """
    email = rules.normalise_email(email)
    faults = [
        *rules.email_faults(email),
        *rules.name_faults(display_name),
        *rules.role_faults(roles),
        *([] if password is None else rules.password_faults(password, (email, display_name))),
    ]
    if faults:
        raise InvalidError(_in_one_sentence("The account was not made", faults), faults)
    ordered = [role for role in rules.ROLES if role in roles]
    user_id = queries.insert_user(
        session,
        email=email,
        display_name=display_name.strip(),
        password_hash=None if password is None else _hasher.hash(password),
        roles=ordered,
        is_simulated=is_simulated,
    )
    if user_id is None:
        raise ConflictError("email_taken", f"There is an account for {email} already.")
    _audit(session, "user_created", user_id, roles=ordered, is_simulated=is_simulated)
    return user_id


def set_password(session: Session, user_id: int, password: str) -> None:
    """Replace the password and end every browser session of the account.

    Raises NotFoundError, or InvalidError with what is wrong with the password.
    """
    user = _get_user(session, user_id)
    faults = rules.password_faults(password, (user.email, user.display_name))
    if faults:
        raise InvalidError(_in_one_sentence("The password stays as it was", faults), faults)
    queries.set_password_hash(session, user_id, _hasher.hash(password))
    queries.delete_sessions_of(session, user_id)
    _audit(session, "password_set", user_id)


def create_token(session: Session, user_id: int, label: str, days: int) -> str:
    """A bearer token for scripts that works for `days` (1 to 90). It is shown once and stored as a hash."""
    user = _get_user(session, user_id)
    faults = []
    if not label.strip() or not label.isprintable() or len(label) > rules.MAX_NAME_CHARACTERS:
        faults.append(
            FieldError("label", f"Say what it is for in 1 to {rules.MAX_NAME_CHARACTERS} characters.")
        )
    if not 1 <= days <= rules.MAX_TOKEN_DAYS:
        faults.append(FieldError("days", f"A token works for 1 to {rules.MAX_TOKEN_DAYS} days."))
    if faults:
        raise InvalidError(_in_one_sentence("No token was made", faults), faults)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    expires_at = datetime.now(UTC) + timedelta(days=days)
    queries.insert_token(
        session, token_sha256=token_hash(token), user_id=user.id, label=label.strip(), expires_at=expires_at
    )
    _audit(session, "token_created", user.id, label=label.strip(), days=days)
    return token


def is_password(user: UserRow | None, password: str) -> bool:
    """Whether this is the account's password; takes as long for an account that does not exist."""
    stored = user.password_hash if user is not None else None
    guess = password if len(password) <= rules.MAX_PASSWORD_CHARACTERS else ""
    try:
        matches = _hasher.verify(stored or _DUMMY_HASH, guess)
    except (VerificationError, InvalidHashError):
        return False
    return matches and user is not None and stored is not None and user.is_active


def refresh_hash(session: Session, user: UserRow, password: str) -> None:
    """Hash anew where the parameters have been raised since the password was set."""
    if user.password_hash is not None and _hasher.check_needs_rehash(user.password_hash):
        queries.set_password_hash(session, user.id, _hasher.hash(password))


def _get_user(session: Session, user_id: int) -> UserRow:
    user = queries.find_user(session, user_id)
    if user is None:
        raise NotFoundError("There is no such account.")
    return user


def _audit(session: Session, action: str, user_id: int, **detail: object) -> None:
    events.record_audit(session, action, subject=f"user:{user_id}", actor_id=None, detail=detail)


def _in_one_sentence(what: str, faults: list[FieldError]) -> str:
    """For callers that show one line, such as the command line."""
    return f"{what}: {' '.join(fault.message for fault in faults)}"
