"""What is known of the reviewers, each clip's posterior after each vote, and the published verdicts."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import OUTCOMES, one_of

GUARD_STATES = ("pending", "passed", "frozen", "overruled", "discarded")


class ReliabilityVersion(Base):
    """One fit of all reviewers' reliabilities. Numbers never change inside a version; one is active.

    `guard` holds what the guard counted before the version could be activated; a frozen version waits for an
    admin, whose reason is recorded.
    """

    __tablename__ = "reliability_versions"
    __table_args__ = (
        Index("uq_reliability_versions_active", "is_active", unique=True, postgresql_where=text("is_active")),
        CheckConstraint(one_of("guard_state", GUARD_STATES), name="guard_state_known"),
        CheckConstraint("NOT is_active OR guard_state IN ('passed', 'overruled')", name="active_passed"),
    )

    version: Mapped[BigIntKey]
    engine_version: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("false"))
    gold_answers: Mapped[int]
    gold_watermark: Mapped[int] = mapped_column(BigInteger)
    vote_watermark: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    parameters: Mapped[dict[str, Any]]
    input_hash: Mapped[str | None]  # of every answer on gold that was counted; null in versions from before
    votes_missing: Mapped[list[int] | None] = mapped_column(
        ARRAY(BigInteger)
    )  # ids not there when it was fitted
    guard_state: Mapped[str] = mapped_column(server_default=text("'passed'"))
    guard: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Reliability(Base):
    """A reviewer's two-sided reliability in one version; no row means the default."""

    __tablename__ = "reliabilities"
    __table_args__ = (
        CheckConstraint("sensitivity > 0 AND sensitivity < 1", name="sensitivity_range"),
        CheckConstraint("specificity > 0 AND specificity < 1", name="specificity_range"),
    )

    version: Mapped[int] = mapped_column(ForeignKey("reliability_versions.version"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sensitivity: Mapped[float]
    specificity: Mapped[float]
    sensitivity_sd: Mapped[float]
    specificity_sd: Mapped[float]
    gold_answers: Mapped[int]
    synthetic_answers: Mapped[int] = mapped_column(server_default=text("0"))
    is_anchored: Mapped[bool]


class ReliabilityGoldChange(Base):
    """A clip that counts as gold from this version on, or no longer does (no label). Append-only.

    A version's gold is the newest change of each clip up to it, so that a fit can be made again. No foreign key to
    clips: its lock on every gold clip would make votes and the refit wait for each other.
    """

    __tablename__ = "reliability_gold_changes"
    __table_args__ = (CheckConstraint(one_of("label", ("authentic", "manipulated")), name="label_known"),)

    clip_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("reliability_versions.version"), primary_key=True
    )
    label: Mapped[str | None]
    is_synthetic: Mapped[bool]


class PosteriorRow(Base):
    """A clip's posterior after one more vote, score or version; append-only, so the history can be drawn."""

    __tablename__ = "posteriors"
    __table_args__ = (
        Index(None, "clip_id", "id"),
        Index("ix_posteriors_reliability_version", "reliability_version", "clip_id", "id"),
    )

    id: Mapped[BigIntKey]
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    cause: Mapped[str]
    p_people: Mapped[float]
    p_full: Mapped[float]
    p_low: Mapped[float]
    p_high: Mapped[float]
    n_votes: Mapped[int]
    n_effective: Mapped[float]
    votes_hash: Mapped[str]
    scores: Mapped[list[dict[str, Any]] | None]  # what detectors said; null in rows from before it was kept
    reliability_version: Mapped[int]
    policy_version: Mapped[int]
    engine_version: Mapped[str]
    created_at: Mapped[CreatedAt]


class Verdict(Base):
    """A published outcome with its basis. Append-only: a later one supersedes, none is changed."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("clip_id", "sequence"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint(one_of("reason", ("evidence", "cap", "adjudication")), name="reason_known"),
    )

    id: Mapped[BigIntKey]
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    sequence: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str]
    posterior_id: Mapped[int] = mapped_column(ForeignKey("posteriors.id"))
    created_at: Mapped[CreatedAt]
