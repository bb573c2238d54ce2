"""Versions of what is known of the reviewers: what each moved, and an admin's decision on a frozen one."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.reliability import (
    ReasonIn,
    ReliabilityVersion,
    ReliabilityVersions,
    VersionsQuery,
    version_body,
    versions_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import reliabilities

blueprint = Blueprint("reliabilities", __name__)


@blueprint.get("/reliability-versions")
@requires("moderator", "admin")
@describes("reliabilities", {200: ReliabilityVersions})
def list_reliability_versions(query: VersionsQuery) -> Response:
    """Versions, newest first, with what the guard counted. No clip and no reviewer is named."""
    with transaction() as session:
        rows = reliabilities.list_versions(session, query.limit)
        waiting = reliabilities.count_outdated(session)
    return json_answer(versions_body(rows, waiting))


@blueprint.post("/reliability-versions/<int:id>/activate")
@requires("admin")
@describes("reliabilities", {200: ReliabilityVersion})
def activate_reliability_version(id: int, json: ReasonIn) -> Response:
    """Put a frozen or an earlier version in force; every clip follows. 409 for one that is active or discarded."""
    with transaction() as session:
        row = reliabilities.activate_version(session, id, get_user().id, json.reason)
    return json_answer(version_body(row))


@blueprint.post("/reliability-versions/<int:id>/discard")
@requires("admin")
@describes("reliabilities", {200: ReliabilityVersion})
def discard_reliability_version(id: int, json: ReasonIn) -> Response:
    """Lay a frozen version aside for good; 409 version_not_frozen for any other."""
    with transaction() as session:
        row = reliabilities.discard_version(session, id, get_user().id, json.reason)
    return json_answer(version_body(row))
