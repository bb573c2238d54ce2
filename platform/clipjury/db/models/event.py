"""The audit log and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt


class AuditEvent(Base):
    """Who did what to which thing, and when. Append-only."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "subject", "id"),
        Index("ix_audit_events_not_votes", "id", postgresql_where=text("action <> 'vote_cast'")),
    )

    id: Mapped[BigIntKey]
    at: Mapped[CreatedAt]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class OutboxMessage(Base):
    """An event on its way to the jobs; written in the commit that made it true, marked once sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[BigIntKey]
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
