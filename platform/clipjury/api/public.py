"""What anybody may see."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import public
from clipjury.api.answers import json_answer
from clipjury.api.auth import find_viewer
from clipjury.api.contract import describes
from clipjury.api.schemas.cursor import decode_place
from clipjury.api.schemas.public import (
    LatestQuery,
    PublicClip,
    PublicStats,
    PublishedClips,
    latest_body,
    public_clip_body,
    stats_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import clip_views, public_clips

blueprint = Blueprint("public", __name__)


@blueprint.get("/public/stats")
@public
@describes("public", {200: PublicStats})
def get_public_stats() -> Response:
    """Counts of clips, votes and outcomes; nothing about a clip that is still open."""
    with transaction() as session:
        stats = clip_views.get_public_stats(session)
    return json_answer(stats_body(stats))


@blueprint.get("/public/clips")
@public
@describes("public", {200: PublishedClips})
def list_published_clips(query: LatestQuery) -> Response:
    """Published verdicts, the latest first. A reader who is logged in can no longer be asked about them."""
    before = decode_place(query.cursor)
    with transaction() as session:
        found = public_clips.list_latest(session, find_viewer(), before=before, limit=query.limit)
    return json_answer(latest_body(found, query.limit))


@blueprint.get("/public/clips/<uuid:id>")
@public
@describes("public", {200: PublicClip})
def get_public_clip(id: uuid.UUID) -> Response:
    """A retired clip with its outcome and what it rests on. A reader who is logged in can no longer be asked about
    it; 451 `withheld` where the result is held back."""
    with transaction() as session:
        case = public_clips.see_case(session, id, find_viewer())
    return json_answer(public_clip_body(case))
