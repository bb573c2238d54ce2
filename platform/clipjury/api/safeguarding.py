"""The safeguarding officer's desk."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.media import send_rendition
from clipjury.api.schemas.safeguarding import (
    BlockIn,
    ReleaseIn,
    SafeguardingCase,
    SafeguardingQueue,
    safeguarding_case_body,
    safeguarding_queue_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import safeguarding

blueprint = Blueprint("safeguarding", __name__)


@blueprint.get("/safeguarding")
@requires("safeguarding")
@describes("safeguarding", {200: SafeguardingQueue})
def list_safeguarding() -> Response:
    """Clips reported for suspected abuse of a child, which nobody else sees."""
    with transaction() as session:
        rows = safeguarding.list_cases(session)
    return json_answer(safeguarding_queue_body(rows))


@blueprint.get("/safeguarding/<uuid:id>")
@requires("safeguarding")
@describes("safeguarding", {200: SafeguardingCase})
def get_safeguarding(id: uuid.UUID) -> Response:
    """One case: facts, hash, uploader, the reporters' notes, what was done. No picture."""
    with transaction() as session:
        case = safeguarding.get_case(session, get_user().id, id)
    return _answer(case)


@blueprint.post("/safeguarding/<uuid:id>/block")
@requires("safeguarding")
@describes("safeguarding", {200: SafeguardingCase})
def block_clip(id: uuid.UUID, json: BlockIn) -> Response:
    """Withhold the clip for ever and keep it for the authorities under their reference number."""
    with transaction() as session:
        case = safeguarding.block(session, get_user().id, id, json.reference.strip(), json.note)
    return _answer(case)


@blueprint.post("/safeguarding/<uuid:id>/release")
@requires("safeguarding")
@describes("safeguarding", {200: SafeguardingCase})
def release_clip(id: uuid.UUID, json: ReleaseIn) -> Response:
    """Put the clip back where it was; 409 blocked_for_ever for one that is kept for the authorities."""
    with transaction() as session:
        case = safeguarding.release(session, get_user().id, id, json.note)
    return _answer(case)


@blueprint.post("/safeguarding/<uuid:id>/reveal")
@requires("safeguarding")
@describes("safeguarding", {200: SafeguardingCase})
def reveal_clip(id: uuid.UUID) -> Response:
    """Choose to look: noted in the audit log, and for ten minutes the media answer."""
    with transaction() as session:
        case = safeguarding.reveal(session, get_user().id, id, is_allowed=_is_allowed())
    return _answer(case)


@blueprint.get("/safeguarding/<uuid:id>/media/<any(preview,poster,thumbnails):name>")
@requires("safeguarding")
@describes(
    "safeguarding", {200: None, 206: None}, produces=("video/mp4", "video/webm", "image/jpeg", "image/png")
)
def get_safeguarding_media(id: uuid.UUID, name: str) -> Response:
    """A rendition, within ten minutes of a reveal by the same officer."""
    with transaction() as session:
        rendition = safeguarding.get_revealed_rendition(
            session, get_user().id, id, name, is_allowed=_is_allowed()
        )
    return send_rendition(get_deps().storage, rendition)


def _is_allowed() -> bool:
    return get_deps().settings.safeguarding_reveal


def _answer(case: safeguarding.SafeguardingCase) -> Response:
    return json_answer(safeguarding_case_body(case, reveal_allowed=_is_allowed()))
