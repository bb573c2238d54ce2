"""Disputes, what moderators sealed and decided, appeals, and who has seen which figures. All of it append-only.

Whether a dispute is open is not stored: it is open while no decision stands against it.
"""

import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import OUTCOMES, one_of

DISPUTE_REASONS = ("strong_clash", "detector_clash", "guard", "valuable_cap", "audit", "appeal", "refit")


class Dispute(Base):
    """One round of doubt about a clip.

    A second round names the round before it, and the foreign key asks that round for its decision: so a clip
    has one open dispute at most, whoever opens it.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        UniqueConstraint("clip_id", "round"),
        CheckConstraint(
            "(round = 1 AND previous_round IS NULL) OR (round > 1 AND previous_round = round - 1 "
            "AND previous_round IS NOT NULL)",
            name="rounds_follow",
        ),
        ForeignKeyConstraint(
            ["clip_id", "previous_round"], ["decisions.clip_id", "decisions.round"], use_alter=True
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=sql("gen_random_uuid()"))
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    previous_round: Mapped[int | None] = mapped_column(SmallInteger)
    opened_at: Mapped[CreatedAt]


class DisputeReason(Base):
    """Why a dispute stands; each reason once. `sampling_weight`: what an audited clip stands for."""

    __tablename__ = "dispute_reasons"
    __table_args__ = (
        UniqueConstraint("dispute_id", "reason"),
        CheckConstraint(one_of("reason", DISPUTE_REASONS), name="reason_known"),
        CheckConstraint("(reason = 'audit') = (sampling_weight IS NOT NULL)", name="weight_of_audits"),
        CheckConstraint("sampling_weight >= 1", name="weight_range"),
        Index(None, "reason", "created_at"),
    )

    id: Mapped[BigIntKey]
    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id"))
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]]
    sampling_weight: Mapped[float | None]
    created_at: Mapped[CreatedAt]


class CaseView(Base):
    """This user has read this case; they cannot take a later round of it."""

    __tablename__ = "case_views"

    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    created_at: Mapped[CreatedAt]


class ScoreView(Base):
    """This user has been shown detectors' figures of this group, or figures that rest on them."""

    __tablename__ = "score_views"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[CreatedAt]


class Provisional(Base):
    """A moderator's verdict before the scores. `is_blind`: no figure of the group had been shown to them."""

    __tablename__ = "provisionals"
    __table_args__ = (
        UniqueConstraint("dispute_id", "moderator_id"),
        CheckConstraint(one_of("verdict", OUTCOMES), name="verdict_known"),
    )

    id: Mapped[BigIntKey]
    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[str]
    is_blind: Mapped[bool]
    sealed_at: Mapped[CreatedAt]


class Decision(Base):
    """The reasoned, binding end of a dispute, by a moderator who sealed a provisional verdict on it.

    `is_blind`: it says what was sealed before any detector figure was seen, so it may become a label.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("clip_id", "round"),
        CheckConstraint(one_of("verdict", OUTCOMES), name="verdict_known"),
        CheckConstraint("cardinality(reason_codes) >= 1", name="reasons_given"),
        CheckConstraint("length(btrim(rationale)) >= 1", name="rationale_given"),
        ForeignKeyConstraint(["clip_id", "round"], ["disputes.clip_id", "disputes.round"]),
        ForeignKeyConstraint(
            ["dispute_id", "moderator_id"], ["provisionals.dispute_id", "provisionals.moderator_id"]
        ),
        Index("ix_decisions_blind", "clip_id", postgresql_where=sql("is_blind")),
    )

    id: Mapped[BigIntKey]
    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id"), unique=True)
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[str]
    reason_codes: Mapped[list[str]]
    vocabulary_version: Mapped[int]
    rationale: Mapped[str]
    is_blind: Mapped[bool]
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdicts.id"), unique=True)
    created_at: Mapped[CreatedAt]


class Appeal(Base):
    """Somebody's grounds against a published verdict; one a person and verdict."""

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("verdict_id", "appellant_id"),
        Index(None, "dispute_id"),
        CheckConstraint("length(btrim(grounds)) >= 1", name="grounds_given"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=sql("gen_random_uuid()"))
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdicts.id"))
    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id"))
    appellant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    grounds: Mapped[str]
    created_at: Mapped[CreatedAt]
