"""A tracked job as whoever waits for it sees it."""

import uuid
from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel
from clipjury.db.queries.jobs import JobRow

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


def job_body(job: JobRow) -> dict[str, Any]:
    """`Job`."""
    return {name: getattr(job, name) for name in Job.model_fields}
