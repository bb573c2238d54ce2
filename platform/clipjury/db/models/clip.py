"""The item judged, its renditions, and the label of those that are gold."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt

CLIP_STATES = ("received", "processing", "open", "closing", "retired", "failed")
OUTCOMES = ("manipulated", "no_manipulation_found", "inconclusive", "authentic")
LABELS = ("authentic", "manipulated")
GOLD_ROLES = ("serve", "calibrate", "gate")
GOLD_ORIGINS = ("import", "synthetic", "adjudication")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL that holds `column` to `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Clip(Base):
    """A video or an image under its SHA-256, with the consensus as its last vote left it.

    `votes_count`, `live_leases` and the posterior columns move only under this row's lock, so the
    check `redundancy` makes over-collection impossible however many reviewers ask at once.
    """

    __tablename__ = "clips"
    __table_args__ = (
        CheckConstraint(one_of("state", CLIP_STATES), name="state_known"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint("(state = 'retired') = (outcome IS NOT NULL)", name="outcome_when_retired"),
        CheckConstraint("(state = 'failed') = (failure_code IS NOT NULL)", name="failure_when_failed"),
        CheckConstraint(
            "votes_count >= 0 AND live_leases >= 0 AND votes_count + live_leases <= votes_cap",
            name="redundancy",
        ),
        CheckConstraint("importance BETWEEN 1 AND 5", name="importance_range"),
        CheckConstraint(
            "quarantined_at IS NOT NULL OR NOT is_safeguarded", name="safeguarded_is_quarantined"
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint("p_full BETWEEN 0 AND 1 AND p_people BETWEEN 0 AND 1", name="posterior_range"),
        CheckConstraint("queue_priority BETWEEN 0 AND 3", name="queue_priority_known"),
        # "next" walks these two alone (db/queries/picking.py): buckets of near-equal value, and tiers, from a
        # random place in the ranks.
        Index(
            "ix_clips_value",
            "queue_bucket",
            "rank",
            postgresql_where=text("leasable AND queue_priority < 2"),
        ),
        # What nobody can be given now, gold that is never served among it: few, and found without a look at the rest.
        Index(
            "ix_clips_unleasable",
            "id",
            postgresql_where=text("state IN ('open', 'closing') AND NOT leasable"),
        ),
        Index("ix_clips_queue", "queue_priority", "rank", postgresql_where=text("leasable")),
        Index(None, "group_id"),
        Index("ix_clips_base_group_id", "base_group_id", postgresql_where=text("base_group_id IS NOT NULL")),
        Index(None, "uploader_id", "created_at"),
        Index(None, "created_at", "id"),
        Index("ix_clips_capped", "retired_at", postgresql_where=text("retirement_reason = 'cap'")),
        Index("ix_clips_reliability_version", "state", "reliability_version"),
        Index("ix_clips_policy_version", "state", "policy_version"),
        Index("ix_clips_retired", "retired_at", "id", postgresql_where=text("state = 'retired'")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    sha256: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    container: Mapped[str]
    original_name: Mapped[str]
    source: Mapped[str | None]
    licence: Mapped[str | None]
    uploader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[uuid.UUID]
    # The group it was received in, noted when links first move it to another.
    base_group_id: Mapped[uuid.UUID | None]
    is_simulated: Mapped[bool] = mapped_column(server_default=text("false"))
    media_consent: Mapped[bool] = mapped_column(server_default=text("false"))
    importance: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    created_at: Mapped[CreatedAt]

    kind: Mapped[str | None]
    duration_s: Mapped[float | None]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    frames: Mapped[int | None]
    fps: Mapped[float | None]
    has_audio: Mapped[bool | None]
    probe: Mapped[dict[str, Any] | None]

    state: Mapped[str] = mapped_column(server_default=text("'received'"))
    failure_code: Mapped[str | None]
    failure_detail: Mapped[str | None]
    state_changed_at: Mapped[CreatedAt]
    # Set by services/quarantine.py from the clip's rows in `quarantines`; safeguarded: kept from staff too.
    quarantined_at: Mapped[datetime | None]
    is_safeguarded: Mapped[bool] = mapped_column(server_default=text("false"))

    queue_priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    # What one more vote is worth, lowest first (domain/assignment.py); a new clip stands where a fresh one does.
    queue_bucket: Mapped[int] = mapped_column(
        server_default=text(
            "CAST(floor(extract(epoch FROM now() - TIMESTAMPTZ '2026-01-01 00:00+00') / 302400) AS integer) + 7"
        )
    )
    rank: Mapped[float] = mapped_column(server_default=text("random()"))
    votes_cap: Mapped[int] = mapped_column(SmallInteger)
    parallel_leases: Mapped[int] = mapped_column(SmallInteger)
    votes_count: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    live_leases: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    leasable: Mapped[bool] = mapped_column(
        Computed(
            "state = 'open' AND quarantined_at IS NULL AND live_leases < parallel_leases "
            "AND votes_count + live_leases < votes_cap AND queue_priority < 3",
            persisted=True,
        )
    )

    p_people: Mapped[float | None]
    p_full: Mapped[float | None]
    p_low: Mapped[float | None]
    p_high: Mapped[float | None]
    n_effective: Mapped[float | None]
    reliability_version: Mapped[int | None]
    policy_version: Mapped[int | None]
    outcome: Mapped[str | None]
    retirement_reason: Mapped[str | None]
    retired_at: Mapped[datetime | None]


class Rendition(Base):
    """A file made from a clip: what a browser is given, never the original."""

    __tablename__ = "renditions"
    __table_args__ = (
        CheckConstraint(one_of("name", ("preview", "poster", "thumbnails", "frames")), name="name_known"),
    )

    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    storage_key: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class GoldGroup(Base):
    """The one role that all gold of a near-duplicate group has, for life; append-only."""

    __tablename__ = "gold_groups"
    __table_args__ = (
        CheckConstraint(one_of("role", GOLD_ROLES), name="role_known"),
        UniqueConstraint("group_id", "role"),
    )

    group_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[CreatedAt]


class GoldLabel(Base):
    """The known label of a gold clip; append-only. A trigger takes its group from the clip and its tier in the
    queue from its role; the foreign key holds the role to the group's."""

    __tablename__ = "gold_labels"
    __table_args__ = (
        CheckConstraint(one_of("label", LABELS), name="label_known"),
        CheckConstraint(one_of("role", GOLD_ROLES), name="role_known"),
        CheckConstraint(one_of("origin", GOLD_ORIGINS), name="origin_known"),
        ForeignKeyConstraint(["group_id", "role"], ["gold_groups.group_id", "gold_groups.role"]),
    )

    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"), primary_key=True)
    group_id: Mapped[uuid.UUID]
    label: Mapped[str]
    role: Mapped[str] = mapped_column(server_default=text("'serve'"))
    origin: Mapped[str] = mapped_column(server_default=text("'import'"))
    source: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class Exposure(Base):
    """This user has seen, or knows, something about this group of clips, and so may not vote on it."""

    __tablename__ = "exposures"
    __table_args__ = (
        CheckConstraint(one_of("reason", ("uploaded", "voted", "skipped", "read")), name="reason_known"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[CreatedAt]


class Policy(Base):
    """Versioned thresholds of retirement, assignment and dispute; the highest version is in force. Append-only."""

    __tablename__ = "policies"

    version: Mapped[BigIntKey]
    theta: Mapped[float]
    hysteresis: Mapped[float]
    min_votes: Mapped[int]
    cap: Mapped[int]
    gold_cap: Mapped[int]
    parallel_leases: Mapped[int]
    min_anchored: Mapped[int]
    strong_odds: Mapped[float] = mapped_column(server_default=text("3.5"))
    detector_gap: Mapped[float] = mapped_column(server_default=text("0.75"))
    guard_gap: Mapped[float] = mapped_column(server_default=text("0.5"))
    audit_share: Mapped[float] = mapped_column(server_default=text("0.02"))
    disputes_per_day: Mapped[int] = mapped_column(server_default=text("50"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    reason: Mapped[str | None]
