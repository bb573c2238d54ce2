"""Training runs, comparisons on gate gold, and which version stood in force when."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import one_of

COMPARISON_OUTCOMES = ("passed", "refused", "too_few_items")
PROMOTION_KINDS = ("first", "gate", "override", "rollback")


class TrainingRun(Base):
    """One fit of a detector on a frozen snapshot. Its state is that of its job; `live` is how far it is."""

    __tablename__ = "training_runs"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "snapshot_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("snapshots.id"))
    detector: Mapped[str]
    base_version_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    version: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    parameters: Mapped[dict[str, Any]]
    live: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    facts: Mapped[dict[str, Any] | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class DetectorComparison(Base):
    """A candidate against the incumbent on gate gold, with its whole report. Append-only: every look is counted."""

    __tablename__ = "detector_comparisons"
    __table_args__ = (
        CheckConstraint(one_of("outcome", COMPARISON_OUTCOMES), name="outcome_known"),
        Index(None, "candidate_id", "id"),
    )

    id: Mapped[BigIntKey]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    incumbent_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    outcome: Mapped[str]
    report: Mapped[dict[str, Any]]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    created_at: Mapped[CreatedAt]


class Promotion(Base):
    """A version came into force, and why. Append-only."""

    __tablename__ = "promotions"
    __table_args__ = (
        CheckConstraint(one_of("kind", PROMOTION_KINDS), name="kind_known"),
        CheckConstraint("kind NOT IN ('override', 'rollback') OR reason <> ''", name="reason_given"),
        Index(None, "detector", "id"),
    )

    id: Mapped[BigIntKey]
    detector: Mapped[str]
    version_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("detector_versions.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    comparison_id: Mapped[int | None] = mapped_column(ForeignKey("detector_comparisons.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
