"""Clips that look alike: listed, confirmed, rejected."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires, signed_in
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.near_duplicate import (
    LikenessDecisionIn,
    NearDuplicate,
    NearDuplicates,
    likeness_body,
    likeness_list_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import likeness_views

blueprint = Blueprint("near_duplicates", __name__)


@blueprint.get("/clips/<uuid:id>/near-duplicates")
@signed_in
@describes("near-duplicates", {200: NearDuplicates})
def list_near_duplicates(id: uuid.UUID) -> Response:
    """What looks like this clip, for whoever may see it; clips that one may not see are counted only."""
    with transaction() as session:
        found = likeness_views.list_near_duplicates(session, get_user().viewer, id)
    return json_answer(likeness_list_body(found))


@blueprint.post("/near-duplicates/<uuid:id>/confirm")
@requires("moderator", "curator", "admin")
@describes("near-duplicates", {200: NearDuplicate})
def confirm_near_duplicate(id: uuid.UUID, json: LikenessDecisionIn) -> Response:
    """These two are copies of each other: one vote per person for both from now on. No verdict is carried over."""
    return _decide(id, json, is_confirmed=True)


@blueprint.post("/near-duplicates/<uuid:id>/reject")
@requires("moderator", "curator", "admin")
@describes("near-duplicates", {200: NearDuplicate})
def reject_near_duplicate(id: uuid.UUID, json: LikenessDecisionIn) -> Response:
    """These two are different clips: each goes back to its own group."""
    return _decide(id, json, is_confirmed=False)


def _decide(pair_id: uuid.UUID, body: LikenessDecisionIn, *, is_confirmed: bool) -> Response:
    with transaction() as session:
        view = likeness_views.decide_near_duplicate(
            session, get_user().viewer, pair_id, is_confirmed=is_confirmed, note=body.note
        )
    return json_answer(likeness_body(view))
