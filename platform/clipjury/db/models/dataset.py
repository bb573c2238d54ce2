"""Datasets of labels, and their frozen snapshots."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, CreatedAt
from clipjury.db.models.clip import LABELS, one_of

SNAPSHOT_STATES = ("building", "frozen", "failed")
SPLITS = ("train", "validation", "test")


class Dataset(Base):
    """A named selection of clips that moves as clips retire, until a snapshot of it is frozen."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    filters: Mapped[dict[str, Any]]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class Snapshot(Base):
    """An immutable version of a dataset, known by the SHA-256 of its content. Nothing moves once it is frozen.

    `release_key` makes the reviewers' pseudonyms of this release and never leaves the database.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("dataset_id", "sequence"),
        CheckConstraint(one_of("state", SNAPSHOT_STATES), name="state_known"),
        CheckConstraint("(state = 'frozen') = (content_sha256 IS NOT NULL)", name="hash_when_frozen"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    dataset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("datasets.id"))
    sequence: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=text("'building'"))
    filters: Mapped[dict[str, Any]]
    release_key: Mapped[bytes] = mapped_column(LargeBinary)
    reliability_version: Mapped[int | None]
    policy_version: Mapped[int | None]
    vote_watermark: Mapped[int | None] = mapped_column(BigInteger)
    clips_count: Mapped[int | None]
    votes_count: Mapped[int | None]
    counts: Mapped[dict[str, Any] | None]
    content_sha256: Mapped[str | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    frozen_at: Mapped[datetime | None]


class SnapshotItem(Base):
    """One clip of a snapshot as it stood: its labels, its split, and the whole row that is exported."""

    __tablename__ = "snapshot_items"
    __table_args__ = (
        UniqueConstraint("snapshot_id", "clip_id"),
        CheckConstraint(one_of("hard_label", LABELS), name="label_known"),
        CheckConstraint(one_of("split", SPLITS), name="split_known"),
        CheckConstraint("soft_label BETWEEN 0 AND 1", name="soft_label_range"),
        Index(None, "clip_id"),
    )

    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("snapshots.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    group_id: Mapped[uuid.UUID]
    split: Mapped[str]
    hard_label: Mapped[str | None]
    soft_label: Mapped[float | None]
    row: Mapped[dict[str, Any]]


class SnapshotFile(Base):
    """A snapshot in one file format, in the store under its SHA-256."""

    __tablename__ = "snapshot_files"

    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("snapshots.id"), primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    storage_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[CreatedAt]
