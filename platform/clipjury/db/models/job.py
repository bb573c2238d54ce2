"""Background work that somebody asked for and waits for: its progress, its end, and how to try again."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, CreatedAt
from clipjury.db.models.clip import one_of

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class JobRecord(Base):
    """One piece of asked-for work. `subject` names the thing it works on, as in `snapshot:<id>`."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(one_of("state", JOB_STATES), name="state_known"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress_range"),
        CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="error_when_failed"),
        Index("ix_jobs_unfinished", "updated_at", postgresql_where=text("state IN ('queued', 'running')")),
        Index(None, "created_at", "id"),
        Index(None, "subject"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    kind: Mapped[str]
    subject: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    message: Mapped[str] = mapped_column(server_default=text("''"))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    updated_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
