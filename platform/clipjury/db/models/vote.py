"""Leases and sealed votes."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import LABELS, one_of

LEASE_STATES = ("leased", "voted", "expired", "skipped", "withdrawn")


class Assignment(Base):
    """A time-limited lease of one clip to one reviewer; its id is the clip's alias for that reviewer."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint(one_of("state", LEASE_STATES), name="state_known"),
        # One live lease a reviewer: nobody can hoard clips and pick among them.
        Index(
            "uq_assignments_live_reviewer",
            "reviewer_id",
            unique=True,
            postgresql_where=text("state = 'leased'"),
        ),
        Index("ix_assignments_live_expiry", "expires_at", postgresql_where=text("state = 'leased'")),
        Index(None, "clip_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(server_default=text("'leased'"))
    leased_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    renewals: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    ended_at: Mapped[datetime | None]
    skip_reason: Mapped[str | None]
    skip_note: Mapped[str | None]


class LeaseTally(Base):
    """How many leases a reviewer has been given, and how many of them on gold: the rate of gold falls with it."""

    __tablename__ = "lease_tallies"
    __table_args__ = (
        CheckConstraint("gold_leases >= 0 AND gold_leases <= leases", name="gold_within_leases"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    leases: Mapped[int]
    gold_leases: Mapped[int]


class Vote(Base):
    """One reviewer's sealed answer for one clip. A trigger refuses every change."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("clip_id", "reviewer_id"),
        CheckConstraint(one_of("label", (*LABELS, "unsure")), name="label_known"),
        CheckConstraint("confidence BETWEEN 0.5 AND 1", name="confidence_range"),
        CheckConstraint("confidence IS NOT NULL OR label = 'unsure'", name="confidence_given"),
        CheckConstraint(
            f"lean IS NULL OR (label = 'unsure' AND {one_of('lean', LABELS)})", name="lean_with_unsure"
        ),
        Index(None, "reviewer_id", "id"),
    )

    id: Mapped[BigIntKey]
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), unique=True)
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    label: Mapped[str]
    confidence: Mapped[float | None]
    lean: Mapped[str | None]
    kinds: Mapped[list[str]]
    segments: Mapped[list[dict[str, Any]]]
    regions: Mapped[list[dict[str, Any]]]
    cues: Mapped[list[str]]
    rationale: Mapped[str]
    body_hash: Mapped[str]
    cast_at: Mapped[CreatedAt]
