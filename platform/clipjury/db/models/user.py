"""Accounts, their browser sessions, API tokens, and the ledger that limits log-in attempts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt

ROLES = ("reviewer", "moderator", "curator", "admin", "safeguarding")


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
