"""Background work that somebody waits for."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.cursor import decode_place, encode_place
from clipjury.api.schemas.job import Job, JobPage, JobsQuery, job_body, listed_job_body
from clipjury.db.transaction import transaction
from clipjury.services import jobs

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/jobs")
@requires("curator", "admin")
@describes("jobs", {200: JobPage})
def list_jobs(query: JobsQuery) -> Response:
    """Jobs, newest first, whoever asked for them."""
    before = decode_place(query.cursor)
    with transaction() as session:
        rows = jobs.list_jobs(session, state=query.state, kind=query.kind, before=before, limit=query.limit)
    next_cursor = encode_place(rows[-1].created_at, rows[-1].id) if len(rows) == query.limit else None
    return json_answer({"items": [listed_job_body(row) for row in rows], "next_cursor": next_cursor})


@blueprint.get("/jobs/<uuid:id>")
@requires("moderator", "curator", "admin")
@describes("jobs", {200: Job})
def get_job(id: uuid.UUID) -> Response:
    """One job: how far it is, what is being done, and how it ended."""
    with transaction() as session:
        job = jobs.get_job(session, id)
    return json_answer(job_body(job))


@blueprint.post("/jobs/<uuid:id>/retry")
@requires("curator", "admin")
@describes("jobs", {200: Job})
def retry_job(id: uuid.UUID) -> Response:
    """Try a job again that failed or was cancelled; 409 job_not_ended for any other."""
    with transaction() as session:
        job = jobs.retry_job(session, id, get_user().id)
    return json_answer(job_body(job))


@blueprint.post("/jobs/<uuid:id>/cancel")
@requires("curator", "admin")
@describes("jobs", {200: Job})
def cancel_job(id: uuid.UUID) -> Response:
    """Stop a job; what it has done so far is thrown away. 409 job_ended for one that has ended."""
    with transaction() as session:
        job = jobs.cancel_job(session, id, get_user().id)
    return json_answer(job_body(job))
