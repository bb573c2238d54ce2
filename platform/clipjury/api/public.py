"""What anybody may see."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import public
from clipjury.api.answers import json_answer
from clipjury.api.auth import find_user
from clipjury.api.contract import describes
from clipjury.api.schemas.public import PublicClip, PublicStats, public_clip_body, stats_body
from clipjury.db.transaction import transaction
from clipjury.services import clip_views

blueprint = Blueprint("public", __name__)


@blueprint.get("/public/stats")
@public
@describes("public", {200: PublicStats})
def get_public_stats() -> Response:
    """Counts of clips, votes and outcomes; nothing about a clip that is still open."""
    with transaction() as session:
        stats = clip_views.get_public_stats(session)
    return json_answer(stats_body(stats))


@blueprint.get("/public/clips/<uuid:id>")
@public
@describes("public", {200: PublicClip})
def get_public_clip(id: uuid.UUID) -> Response:
    """A retired clip with its outcome. A reader who is logged in can no longer be asked about it."""
    user = find_user()
    with transaction() as session:
        clip = clip_views.get_public_clip(session, id, user.viewer if user else None)
    return json_answer(public_clip_body(clip))
