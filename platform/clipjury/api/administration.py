"""The installation as its admin sees it."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.schemas.administration import (
    Administration,
    AuditEvents,
    AuditQuery,
    Operations,
    RetriedClips,
    RetryClips,
    administration_body,
    audit_body,
    operations_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import audit, operations, retries

blueprint = Blueprint("administration", __name__)

_RETRIED_AT_ONCE = 1000


@blueprint.get("/administration")
@requires("admin")
@describes("administration", {200: Administration})
def get_administration() -> Response:
    """What needs the admin, and what a new installation still lacks."""
    with transaction() as session:
        view = operations.get_administration(session)
    return json_answer(administration_body(view))


@blueprint.get("/operations")
@requires("admin")
@describes("administration", {200: Operations})
def get_operations() -> Response:
    """Worker, queue, outbox, jobs, and clips in the making or failed."""
    with transaction() as session:
        row = operations.get_operations(session)
    return json_answer(operations_body(row, has_own_queue=get_deps().settings.broker_url is None))


@blueprint.post("/clips/<uuid:id>/retry")
@requires("curator", "admin")
@describes("administration", {200: RetriedClips})
def retry_clip(id: uuid.UUID) -> Response:
    """Process a failed clip once more; 409 clip_not_failed for any other."""
    with transaction() as session:
        retries.retry_clip(session, id, get_user().id)
    return json_answer({"count": 1})


@blueprint.post("/operations/retry-clips")
@requires("admin")
@describes("administration", {200: RetriedClips})
def retry_clips(json: RetryClips) -> Response:
    """Process all clips once more that failed with this code, up to a thousand a call."""
    with transaction() as session:
        count = retries.retry_failed(session, json.failure_code, _RETRIED_AT_ONCE, get_user().id)
    return json_answer({"count": count})


@blueprint.get("/audit-events")
@requires("admin")
@describes("administration", {200: AuditEvents})
def list_audit_events(query: AuditQuery) -> Response:
    """The audit log, newest first. It tells of clips: whoever reads of one is not asked to judge it any more."""
    with transaction() as session:
        page = audit.list_events(
            session, get_user().viewer, query.filter(), before=query.cursor, limit=query.limit
        )
    return json_answer(audit_body(page))
