"""Accounts, their browser sessions, API tokens, invitations, and the ledger that limits log-in attempts."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import one_of

ROLES = ("reviewer", "moderator", "curator", "admin", "safeguarding")
PURPOSES = ("account", "password_reset")


class User(Base):
    """A person, or a simulated reviewer of the demo (`is_simulated`). E-mail is kept in lower case."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND position('@' in email) > 1", name="email_lower"),
        CheckConstraint(f"roles <@ ARRAY[{', '.join(repr(role) for role in ROLES)}]", name="roles_known"),
    )

    id: Mapped[BigIntKey]
    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str | None]
    roles: Mapped[list[str]]
    is_simulated: Mapped[bool] = mapped_column(server_default=text("false"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[datetime | None]


class BrowserSession(Base):
    """A log-in. Only the SHA-256 of the cookie's token is stored; log-out and rotation delete the row."""

    __tablename__ = "browser_sessions"
    __table_args__ = (Index(None, "user_id"),)

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]


class ApiToken(Base):
    """A bearer token for scripts, stored as the SHA-256 of its 256 random bits."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index(None, "user_id"),)

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    label: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A failed log-in, counted per account and per address over a sliding window."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index(None, "email", "attempted_at"), Index(None, "address", "attempted_at"))

    id: Mapped[BigIntKey]
    email: Mapped[str]
    address: Mapped[str]
    attempted_at: Mapped[CreatedAt]


class Invitation(Base):
    """A link that makes one account, or sets one password, once. Only the SHA-256 of its token is stored."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose_known"),
        CheckConstraint("(purpose = 'password_reset') = (user_id IS NOT NULL)", name="user_when_reset"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        Index(None, "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    token_sha256: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    email: Mapped[str | None]
    roles: Mapped[list[str]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
