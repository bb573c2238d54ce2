"""Tracked jobs: asked for, run, reported on, ended."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_COLUMNS = """id, kind, subject, arguments, state, progress, message, result, error, attempts, requested_by,
  created_at, started_at, updated_at, finished_at"""

_INSERT = text(
    """
INSERT INTO jobs (kind, subject, arguments, requested_by)
VALUES (:kind, :subject, CAST(:arguments AS jsonb), :requested_by) RETURNING id"""
)

_FIND = text(f"SELECT {_COLUMNS} FROM jobs WHERE id = :id")

_LIST = text(
    f"""
SELECT {", ".join("j." + name.strip() for name in _COLUMNS.split(","))}, u.display_name AS requested_by_name
FROM jobs j LEFT JOIN users u ON u.id = j.requested_by
WHERE (CAST(:state AS text) IS NULL OR j.state = :state) AND (CAST(:kind AS text) IS NULL OR j.kind = :kind)
  AND (CAST(:before AS timestamptz) IS NULL OR (j.created_at, j.id) < (:before, CAST(:before_id AS uuid)))
ORDER BY j.created_at DESC, j.id DESC LIMIT :limit"""
)

_START = text(
    f"""
UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = clock_timestamp(),
  started_at = COALESCE(started_at, clock_timestamp())
WHERE id = :id AND state IN ('queued', 'running') RETURNING {_COLUMNS}"""
)

_REPORT = text(
    """
UPDATE jobs SET progress = :progress, message = :message, updated_at = clock_timestamp()
WHERE id = :id AND state = 'running' RETURNING id"""
)

_END = text(
    """
UPDATE jobs SET state = :state, error = :error, result = CAST(:result AS jsonb),
  progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END,
  updated_at = clock_timestamp(), finished_at = clock_timestamp()
WHERE id = :id AND state IN ('queued', 'running') RETURNING id"""
)

_REQUEUE = text(
    """
UPDATE jobs SET state = 'queued', error = NULL, result = NULL, progress = 0, message = '', started_at = NULL,
  finished_at = NULL, updated_at = clock_timestamp()
WHERE id = :id AND state IN ('failed', 'cancelled') RETURNING id"""
)

_LOST = text(
    """
SELECT id FROM jobs WHERE state IN ('queued', 'running')
  AND updated_at < clock_timestamp() - make_interval(secs => :older_s) ORDER BY updated_at LIMIT :limit"""
)

_UNFINISHED = text(
    """
SELECT id FROM jobs WHERE kind = :kind AND subject = :subject AND state IN ('queued', 'running') LIMIT 1"""
)


@dataclass(frozen=True)
class JobRow:
    """A tracked job as it stands."""

    id: uuid.UUID
    kind: str
    subject: str
    arguments: dict[str, Any]
    state: str
    progress: float
    message: str
    result: dict[str, Any] | None
    error: str | None
    attempts: int
    requested_by: int | None
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class ListedJobRow(JobRow):
    """A tracked job with the name of whoever asked for it."""

    requested_by_name: str | None


def insert_job(
    session: Session, kind: str, subject: str, arguments: dict[str, Any], requested_by: int | None
) -> uuid.UUID:
    """A new queued job; its id."""
    parameters = {"kind": kind, "subject": subject, "requested_by": requested_by}
    job_id = session.execute(_INSERT, {**parameters, "arguments": json.dumps(arguments)}).scalar_one()
    return uuid.UUID(str(job_id))


def find_job(session: Session, job_id: uuid.UUID) -> JobRow | None:
    """The job."""
    return row_as(JobRow, session.execute(_FIND, {"id": job_id}).one_or_none())


def list_jobs(
    session: Session,
    *,
    state: str | None,
    kind: str | None,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[ListedJobRow]:
    """Newest first."""
    parameters = {
        "state": state,
        "kind": kind,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "limit": limit,
    }
    return [row_as(ListedJobRow, row) for row in session.execute(_LIST, parameters)]


def find_unfinished(session: Session, kind: str, subject: str) -> uuid.UUID | None:
    """A job of this kind on this subject that has not ended."""
    found: uuid.UUID | None = session.execute(_UNFINISHED, {"kind": kind, "subject": subject}).scalar()
    return found


def start_job(session: Session, job_id: uuid.UUID) -> JobRow | None:
    """Move the job to `running`; None for one that has ended, or is not there."""
    return row_as(JobRow, session.execute(_START, {"id": job_id}).one_or_none())


def report_progress(session: Session, job_id: uuid.UUID, progress: float, message: str) -> bool:
    """Note how far a running job is; False when it runs no more, as after a cancellation."""
    parameters = {"id": job_id, "progress": progress, "message": message}
    return session.execute(_REPORT, parameters).scalar() is not None


def end_job(
    session: Session,
    job_id: uuid.UUID,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> bool:
    """Move an unfinished job to `done`, `failed` or `cancelled`; False when it had ended already."""
    ended = {"id": job_id, "state": state, "error": error, "result": json.dumps(result) if result else None}
    return session.execute(_END, ended).scalar() is not None


def requeue_job(session: Session, job_id: uuid.UUID) -> bool:
    """Put a failed or cancelled job back into the queue; False for any other."""
    return session.execute(_REQUEUE, {"id": job_id}).scalar() is not None


def list_lost(session: Session, older_s: float, limit: int) -> list[uuid.UUID]:
    """Unfinished jobs that nothing has been heard of for `older_s` seconds."""
    return list(session.execute(_LOST, {"older_s": older_s, "limit": limit}).scalars())
