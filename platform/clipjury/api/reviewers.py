"""A reviewer's own record."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.reviewer import RecordQuery, ReviewerRecord, record_body
from clipjury.db.transaction import transaction
from clipjury.services import reviewers

blueprint = Blueprint("reviewers", __name__)


@blueprint.get("/reviewers/me")
@requires("reviewer")
@describes("reviewers", {200: ReviewerRecord})
def get_my_record(query: RecordQuery) -> Response:
    """One's own votes, newest first, and one's skill. How a clip ended is told once it has retired."""
    with transaction() as session:
        record = reviewers.get_own_record(session, get_user().id, query.limit)
    return json_answer(record_body(record))
