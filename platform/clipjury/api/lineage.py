"""Lineage: what a reviewer's votes, or a clip, have taught."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.lineage import Lineage
from clipjury.db.transaction import transaction
from clipjury.services import lineage

blueprint = Blueprint("lineage", __name__)


@blueprint.get("/lineage/reviewers/<int:id>")
@requires("curator", "admin")
@describes("detectors", {200: Lineage})
def get_reviewer_lineage(id: int) -> Response:
    """Which snapshots hold this account's votes, and which versions were trained on them. Counts, no clips."""
    with transaction() as session:
        traced = lineage.trace_reviewers(session, [id])
    return json_answer(traced.as_dict())


@blueprint.get("/lineage/clips/<uuid:id>")
@requires("curator", "admin")
@describes("detectors", {200: Lineage})
def get_clip_lineage(id: uuid.UUID) -> Response:
    """Which snapshots hold this clip, and which versions were trained on them. Reading it is an exposure to the clip;
    409 lease_open while it, or a near-duplicate, is held for review."""
    with transaction() as session:
        traced = lineage.trace_clip(session, id, get_user().id)
    return json_answer(traced.as_dict())
