"""Perceptual hashes, pairs of clips that look alike, and the history of groups."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, BIT, INTEGER
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import one_of

LINK_STATES = ("linked", "suggested", "confirmed", "rejected")


class ClipFingerprint(Base):
    """That a clip has been hashed, by which recipe, or why it could not be. Without a row it is still to be done."""

    __tablename__ = "clip_fingerprints"

    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"), primary_key=True)
    recipe: Mapped[str]
    frames: Mapped[int] = mapped_column(SmallInteger)
    failure_code: Mapped[str | None]
    is_compared: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]


class ClipHash(Base):
    """The hash of one frame. `bands` are its sixteen 16-bit parts, each with its place in the upper half."""

    __tablename__ = "clip_hashes"
    __table_args__ = (Index("ix_clip_hashes_bands", "bands", postgresql_using="gin"),)

    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"), primary_key=True)
    frame: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(BIT(256))
    mirrored: Mapped[str] = mapped_column(BIT(256))
    quality: Mapped[int] = mapped_column(SmallInteger)
    bands: Mapped[list[int]] = mapped_column(ARRAY(INTEGER))


class NearDuplicate(Base):
    """Two clips that look alike, and what was decided about it. The clip with the lower id is `clip_a_id`."""

    __tablename__ = "near_duplicates"
    __table_args__ = (
        UniqueConstraint("clip_a_id", "clip_b_id"),
        CheckConstraint("clip_a_id < clip_b_id", name="ordered"),
        CheckConstraint(one_of("state", LINK_STATES), name="state_known"),
        CheckConstraint("share_a BETWEEN 0 AND 1 AND share_b BETWEEN 0 AND 1", name="share_range"),
        CheckConstraint("distance BETWEEN 0 AND 256", name="distance_range"),
        Index(None, "clip_b_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    clip_a_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    clip_b_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    distance: Mapped[int] = mapped_column(SmallInteger)
    share_a: Mapped[float]
    share_b: Mapped[float]
    is_mirrored: Mapped[bool]
    state: Mapped[str]
    hindrance: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))


class NearDuplicateChange(Base):
    """Each state that a pair has had, by whom (nobody: the rule). Append-only."""

    __tablename__ = "near_duplicate_changes"
    __table_args__ = (
        CheckConstraint(one_of("state", LINK_STATES), name="state_known"),
        Index(None, "near_duplicate_id", "id"),
    )

    id: Mapped[BigIntKey]
    near_duplicate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("near_duplicates.id"))
    state: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str]
    at: Mapped[CreatedAt]


class GroupChange(Base):
    """A clip went from one group to another because of a change to a pair. Append-only."""

    __tablename__ = "group_changes"
    __table_args__ = (Index(None, "clip_id", "id"),)

    id: Mapped[BigIntKey]
    change_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("near_duplicate_changes.id"))
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    from_group_id: Mapped[uuid.UUID]
    to_group_id: Mapped[uuid.UUID]
    at: Mapped[CreatedAt]


class GroupPart(Base):
    """Exposures to `part_id` bar people from `group_id` too: its clips were in that group once. Append-only."""

    __tablename__ = "group_parts"
    __table_args__ = (Index(None, "part_id"),)

    group_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
