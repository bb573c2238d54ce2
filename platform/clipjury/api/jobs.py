"""Background work that somebody waits for."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.job import Job, job_body
from clipjury.db.transaction import transaction
from clipjury.services import jobs

blueprint = Blueprint("jobs", __name__)


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
