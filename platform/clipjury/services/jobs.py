"""Background work that somebody waits for: asked for, watched, cancelled, tried again."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import events
from clipjury.db.queries import jobs as queries
from clipjury.db.queries.jobs import JobRow, ListedJobRow
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import JobRequested


def request_job(
    session: Session, kind: str, *, subject: str, arguments: dict[str, Any], requested_by: int | None
) -> uuid.UUID:
    """Queue work of this kind, in the commit that asks for it; the job's id. `arguments` are ids only."""
    job_id = queries.insert_job(session, kind, subject, arguments, requested_by)
    events.emit(session, [JobRequested(job_id=str(job_id))], subject=f"job:{job_id}", actor_id=requested_by)
    return job_id


def get_job(session: Session, job_id: uuid.UUID) -> JobRow:
    """The job; raises NotFoundError."""
    job = queries.find_job(session, job_id)
    if job is None:
        raise NotFoundError("There is no such job.")
    return job


def list_jobs(
    session: Session,
    *,
    state: str | None,
    kind: str | None,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[ListedJobRow]:
    """Newest first, whoever asked for them."""
    return queries.list_jobs(session, state=state, kind=kind, before=before, limit=limit)


def retry_job(session: Session, job_id: uuid.UUID, actor_id: int) -> JobRow:
    """Queue a failed or cancelled job once more. Raises NotFoundError, ConflictError (job_not_ended)."""
    get_job(session, job_id)
    if not queries.requeue_job(session, job_id):
        raise ConflictError("job_not_ended", "Only a job that failed or was cancelled can be tried again.")
    events.emit(session, [JobRequested(job_id=str(job_id))], subject=f"job:{job_id}", actor_id=actor_id)
    return get_job(session, job_id)


def cancel_job(session: Session, job_id: uuid.UUID, actor_id: int) -> JobRow:
    """End an unfinished job; the worker puts it down at its next report. Raises ConflictError (job_ended)."""
    get_job(session, job_id)
    if not queries.end_job(session, job_id, "cancelled"):
        raise ConflictError("job_ended", "This job has ended already.")
    events.record_audit(session, "job_cancelled", subject=f"job:{job_id}", actor_id=actor_id)
    return get_job(session, job_id)
