"""A tracked job as whoever waits for it sees it."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel
from clipjury.db.queries.jobs import JobRow, ListedJobRow

JobState = TypeAliasType("JobState", Literal["queued", "running", "done", "failed", "cancelled"])


class Job(AnswerModel):
    """Background work: how far it is (0 to 1), what is being done, and how it ended."""

    id: uuid.UUID
    kind: str
    subject: str
    state: JobState
    progress: float
    message: str
    result: dict[str, Any] | None
    error: str | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None


class JobsQuery(QueryModel):
    """Which jobs; `cursor` is the `next_cursor` of the page before."""

    state: JobState | None = None
    kind: PlainText | None = Field(default=None, max_length=60)
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=100)


class ListedJob(Job):
    """A job with the name of whoever asked for it; null for the installation itself."""

    requested_by: str | None


class JobPage(AnswerModel):
    """Jobs, newest first."""

    items: list[ListedJob]
    next_cursor: str | None


def listed_job_body(job: ListedJobRow) -> dict[str, Any]:
    """`ListedJob`."""
    return {**job_body(job), "requested_by": job.requested_by_name}


def job_body(job: JobRow) -> dict[str, Any]:
    """`Job`."""
    return {name: getattr(job, name) for name in Job.model_fields}
