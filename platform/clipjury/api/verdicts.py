"""The history of a clip's verdicts, and appeals against them."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import signed_in
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.verdict import AppealIn, AppealMade, VerdictHistory, appeal_body, verdict_body
from clipjury.db.transaction import transaction
from clipjury.services import verdicts

blueprint = Blueprint("verdicts", __name__)


@blueprint.get("/clips/<uuid:id>/verdicts")
@signed_in
@describes("verdicts", {200: VerdictHistory})
def list_verdicts(id: uuid.UUID) -> Response:
    """Every verdict of a clip with what it rests on, the newest first; none while votes are collected."""
    with transaction() as session:
        rows = verdicts.list_verdicts(session, get_user().viewer, id)
    return json_answer({"items": [verdict_body(row, is_newest=row is rows[0]) for row in rows]})


@blueprint.post("/verdicts/<uuid:id>/appeal")
@signed_in
@describes("verdicts", {201: AppealMade})
def appeal_verdict(id: uuid.UUID, json: AppealIn) -> Response:
    """Say what the newest verdict overlooks; moderators who have not seen the case judge it again."""
    with transaction() as session:
        appeal = verdicts.appeal_verdict(session, get_user().viewer, id, json.grounds)
    return json_answer(appeal_body(appeal), 201)
