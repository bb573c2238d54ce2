"""Reports of clips, and the history of what was withheld."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import one_of

REPORT_REASONS = ("minor", "intimate", "depicted_person", "illegal", "rights")
REPORT_STATES = ("open", "upheld", "dismissed")
DESKS = ("moderators", "safeguarding")
QUARANTINE_ACTIONS = ("quarantined", "released", "blocked")


class Report(Base):
    """Somebody asks for a clip to be looked at. `address` is kept for a day, of those who were logged out."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(one_of("reason", REPORT_REASONS), name="reason_known"),
        CheckConstraint(one_of("desk", DESKS), name="desk_known"),
        CheckConstraint(one_of("state", REPORT_STATES), name="state_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when_closed"),
        Index(None, "clip_id", "created_at"),
        Index("ix_reports_open", "desk", "created_at", postgresql_where=text("state = 'open'")),
        Index(None, "reporter_id", "created_at"),
        Index("ix_reports_address", "address", "created_at", postgresql_where=text("address IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    receipt: Mapped[str] = mapped_column(unique=True)
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    reason: Mapped[str]
    desk: Mapped[str]
    note: Mapped[str]
    contact: Mapped[str | None]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    answer: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Quarantine(Base):
    """One step of a clip between withheld and shown. Append-only; the clip's own columns follow from its rows."""

    __tablename__ = "quarantines"
    __table_args__ = (
        CheckConstraint(one_of("action", QUARANTINE_ACTIONS), name="action_known"),
        CheckConstraint(one_of("desk", DESKS), name="desk_known"),
        CheckConstraint("(action = 'blocked') = (reference IS NOT NULL)", name="reference_when_blocked"),
        Index(None, "clip_id", "id"),
    )

    id: Mapped[BigIntKey]
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    action: Mapped[str]
    desk: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    reference: Mapped[str | None]
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reports.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[CreatedAt]


class MediaReveal(Base):
    """The safeguarding officer chose to look at a withheld clip. The media answer for a few minutes after."""

    __tablename__ = "media_reveals"
    __table_args__ = (Index(None, "user_id", "clip_id", "at"),)

    id: Mapped[BigIntKey]
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[CreatedAt]
