"""Invitations and links that set a password: stored by the SHA-256 of their token, used once."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_COLUMNS = """i.id, i.purpose, i.email, i.roles, i.user_id, i.created_at, i.expires_at, i.used_at, i.revoked_at,
  now() AS now, creator.display_name AS created_by_name, guest.display_name AS used_by_name,
  target.display_name AS user_name"""
_JOINS = """FROM invitations i LEFT JOIN users creator ON creator.id = i.created_by
LEFT JOIN users guest ON guest.id = i.used_by LEFT JOIN users target ON target.id = i.user_id"""

_INSERT = text(
    """
INSERT INTO invitations (token_sha256, purpose, email, roles, user_id, created_by, expires_at)
VALUES (:token_sha256, :purpose, :email, CAST(:roles AS text[]), :user_id, :created_by,
  now() + make_interval(days => :days)) RETURNING id"""
)

_GET = text(f"SELECT {_COLUMNS} {_JOINS} WHERE i.id = :id")

_LIST = text(
    f"""
SELECT {_COLUMNS} {_JOINS}
WHERE CAST(:before AS timestamptz) IS NULL OR (i.created_at, i.id) < (:before, CAST(:before_id AS uuid))
ORDER BY i.created_at DESC, i.id DESC LIMIT :limit"""
)

# A link for a new password dies with the account it is for.
_IS_OPEN = """i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
  AND (i.user_id IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = i.user_id AND u.is_active))"""

_FIND_OPEN = text(f"SELECT {_COLUMNS} {_JOINS} WHERE i.token_sha256 = :token_sha256 AND {_IS_OPEN}")

_REDEEM = text(
    f"""
UPDATE invitations i SET used_at = clock_timestamp() WHERE i.token_sha256 = :token_sha256 AND {_IS_OPEN}
RETURNING i.id, i.purpose, i.email, i.roles, i.user_id"""
)

_REVOKE = text(
    "UPDATE invitations SET revoked_at = now() WHERE id = :id AND used_at IS NULL AND revoked_at IS NULL RETURNING id"
)

_REVOKE_RESETS = text(
    "UPDATE invitations SET revoked_at = now() WHERE user_id = :user_id AND used_at IS NULL AND revoked_at IS NULL"
)


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as an admin sees it; `now` is the database's clock."""

    id: uuid.UUID
    purpose: str
    email: str | None
    roles: list[str]
    user_id: int | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    now: datetime
    created_by_name: str | None
    used_by_name: str | None
    user_name: str | None


@dataclass(frozen=True)
class RedeemedRow:
    """An invitation that was used just now."""

    id: uuid.UUID
    purpose: str
    email: str | None
    roles: list[str]
    user_id: int | None


@dataclass(frozen=True)
class NewInvitation:
    """What an invitation is made of."""

    token_sha256: str
    purpose: str
    email: str | None
    roles: list[str]
    user_id: int | None
    created_by: int | None
    days: int


def insert_invitation(session: Session, invitation: NewInvitation) -> uuid.UUID:
    """A new open invitation; its id."""
    return uuid.UUID(str(session.execute(_INSERT, vars(invitation)).scalar_one()))


def find_invitation(session: Session, invitation_id: uuid.UUID) -> InvitationRow | None:
    """The invitation."""
    return row_as(InvitationRow, session.execute(_GET, {"id": invitation_id}).one_or_none())


def list_invitations(
    session: Session, *, before: tuple[datetime, uuid.UUID] | None, limit: int
) -> list[InvitationRow]:
    """Newest first."""
    place = {"before": before[0] if before else None, "before_id": before[1] if before else None}
    return [row_as(InvitationRow, row) for row in session.execute(_LIST, {**place, "limit": limit})]


def find_open(session: Session, token_sha256: str) -> InvitationRow | None:
    """The invitation that this token opens; None for one that was used, withdrawn or has run out."""
    return row_as(InvitationRow, session.execute(_FIND_OPEN, {"token_sha256": token_sha256}).one_or_none())


def redeem(session: Session, token_sha256: str) -> RedeemedRow | None:
    """Use the invitation up; None for every caller but the first."""
    return row_as(RedeemedRow, session.execute(_REDEEM, {"token_sha256": token_sha256}).one_or_none())


def set_used_by(session: Session, invitation_id: uuid.UUID, user_id: int) -> None:
    """Note whose account came of it."""
    session.execute(
        text("UPDATE invitations SET used_by = :u WHERE id = :id"), {"u": user_id, "id": invitation_id}
    )


def revoke(session: Session, invitation_id: uuid.UUID) -> bool:
    """Withdraw it; False for one that was used or withdrawn before."""
    return session.execute(_REVOKE, {"id": invitation_id}).scalar() is not None


def revoke_resets_of(session: Session, user_id: int) -> None:
    """Withdraw the links that would set this account's password."""
    session.execute(_REVOKE_RESETS, {"user_id": user_id})
