"""Disputes: the moderators' queue, a case, a provisional verdict, a decision."""

import hmac
import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.schemas.case import DisputeCase, case_body
from clipjury.api.schemas.dispute import (
    DecisionIn,
    DisputePage,
    DisputesQuery,
    Provisional,
    ProvisionalIn,
    decode_queue_place,
    encode_queue_place,
    provisional_body,
    queued_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import adjudications, cases, disputes

blueprint = Blueprint("disputes", __name__)


@blueprint.get("/disputes")
@requires("moderator")
@describes("disputes", {200: DisputePage})
def list_disputes(query: DisputesQuery) -> Response:
    """Disputed clips, those first where a decision is worth most: closeness × importance × age."""
    before = decode_queue_place(query.cursor)
    with transaction() as session:
        page = disputes.list_queue(
            session, get_user().id, state=query.state, reason=query.reason, limit=query.limit, before=before
        )
    next_cursor = encode_queue_place(page[-1].row) if len(page) == query.limit else None
    return json_answer({"items": [queued_body(entry) for entry in page], "next_cursor": next_cursor})


@blueprint.get("/disputes/<uuid:id>")
@requires("moderator")
@describes("disputes", {200: DisputeCase})
def get_dispute(id: uuid.UUID) -> Response:
    """One case with every vote; scores once this moderator has sealed a provisional verdict. Noted as seen."""
    with transaction() as session:
        case = cases.see_case(session, get_user().viewer, id)
    # Pseudonyms hold within one case: across cases they would add up to a person.
    alias_key = hmac.digest(get_deps().settings.secret_key.encode(), b"case:" + id.bytes, "sha256")
    return json_answer(case_body(case, alias_key))


@blueprint.post("/disputes/<uuid:id>/provisional")
@requires("moderator")
@describes("disputes", {201: Provisional, 200: Provisional})
def seal_provisional(id: uuid.UUID, json: ProvisionalIn) -> Response:
    """Seal what you think before any score is shown (201). The same again gives the stored one (200)."""
    with transaction() as session:
        sealed, is_new = adjudications.seal_provisional(session, get_user().id, id, json.verdict)
    return json_answer(provisional_body(sealed), 201 if is_new else 200)


@blueprint.post("/disputes/<uuid:id>/decision")
@requires("moderator")
@describes("disputes", {201: DisputeCase})
def decide_dispute(id: uuid.UUID, json: DecisionIn) -> Response:
    """Decide with reasons; the verdict stands above the one before. 409 dispute_decided if somebody was faster."""
    with transaction() as session:
        adjudications.decide_dispute(
            session,
            get_user().id,
            id,
            verdict=json.verdict,
            reason_codes=json.reason_codes,
            rationale=json.rationale,
        )
        case = cases.see_case(session, get_user().viewer, id)
    alias_key = hmac.digest(get_deps().settings.secret_key.encode(), b"case:" + id.bytes, "sha256")
    return json_answer(case_body(case, alias_key), 201)
